package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class PortRangeTest {

    private static List<Integer> beside(int first, int count, int port, int ports) {
        return PortRange.beside(PortRange.of(first, count), port, ports).ports();
    }

    @Test
    void portsAreTriedUpwards() {
        assertEquals(List.of(8080, 8081, 8082), PortRange.of(8080, 3).ports());
    }

    @Test
    void noPortIsAnyPort() {
        assertTrue(PortRange.of(0, 1).ports().get(0) < 0);
    }

    @Test
    void thePortsOfTheNextNodesAreLeftToTheirStreams() {
        assertEquals(List.of(8083, 8084, 8085), beside(8080, 3, 8081, 3));
        assertEquals(List.of(9000, 9001), beside(8080, 3, 9000, 2));
    }

    @Test
    void onePortIsMeantAsItIs() {
        assertEquals(List.of(8081), beside(8080, 3, 8081, 1));
        assertEquals(List.of(8081, 8082), beside(8080, 1, 8081, 2));
        assertEquals(List.of(65535), beside(65535, 1, 65535, 1));
    }
}
