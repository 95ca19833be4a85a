package io.sluice.hazelcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.log.InvalidOptionException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeedMembersTest {

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    @Test
    void hostsHavePortsOrNone() {
        assertEquals(
                List.of("localhost", "127.0.0.1:6701"),
                SeedMembers.parse("localhost, 127.0.0.1:6701").names());
    }

    @Test
    void thisMachineAloneIsFoundAtItsLoopbackAddress() {
        assertEquals(
                new SeedMembers.Home(LOOPBACK, Optional.empty()),
                SeedMembers.parse("127.0.0.1").home());
    }

    @Test
    void theNodeListensOnThePortsThatItsOwnEntriesName() {
        assertEquals(
                new SeedMembers.Home(LOOPBACK, Optional.of(new SeedMembers.Ports(6701, 3))),
                SeedMembers.parse("127.0.0.1:6703,localhost:6701").home());
    }

    @Test
    void aHostThatIsNotThereYetDelaysNoStart() {
        assertEquals(
                new SeedMembers.Home(LOOPBACK, Optional.empty()),
                SeedMembers.parse("no.such.invalid:6701,127.0.0.1").home());
    }

    @Test
    void anIpv6AddressIsAMemberWithAPortAndWithout() throws Exception {
        InetAddress loopback = InetAddress.getAllByName("::1")[0];
        assertEquals(
                new SeedMembers.Home(loopback, Optional.of(new SeedMembers.Ports(5811, 1))),
                SeedMembers.parse("[::1]:5811").home());
        assertEquals(
                new SeedMembers.Home(loopback, Optional.empty()),
                SeedMembers.parse("::1").home());
        assertEquals(
                List.of("[::1]:5811", "[::1]", "[::1]", "a:1"),
                SeedMembers.parse("[::1]:5811, [::1], ::1, a:1").names());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                "a,",
                "a b",
                "a|b",
                "a:",
                "a:0",
                "a:65536",
                "a:b",
                "http://a",
                "[::1",
                "::1]",
                "[::1]:",
                "::g",
                "1:2:3"
            })
    void aTextThatIsNoListIsRefused(String text) {
        assertEquals(
                "SLUICE_MEMBERS: \"" + text + "\": expected host,host or host:port,host:port, an IPv6 address in"
                        + " brackets if it has a port",
                assertThrows(InvalidOptionException.class, () -> SeedMembers.parse(text))
                        .getMessage());
    }
}
