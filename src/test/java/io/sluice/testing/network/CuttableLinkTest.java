package io.sluice.testing.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CuttableLinkTest {

    private static final int SILENCE_MILLIS = 200;

    @Test
    void bytesSentMeanwhileArriveOnceItIsWholeAgain() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                CuttableLink cable = cableTo(server);
                Socket client = connect(cable);
                Socket far = server.accept()) {
            client.getOutputStream().write('a');
            assertEquals('a', far.getInputStream().read());

            cable.cut();
            client.getOutputStream().write('b');
            far.getOutputStream().write('c');
            assertSilent(far);
            assertSilent(client);

            cable.heal();
            assertEquals('b', far.getInputStream().read());
            assertEquals('c', client.getInputStream().read());
        }
    }

    @Test
    void noEndArrivesBeforeItIsWholeAgain() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                CuttableLink cable = cableTo(server);
                Socket client = connect(cable);
                Socket far = server.accept()) {
            cable.cut();
            client.shutdownOutput();
            assertSilent(far);

            cable.heal();
            assertEquals(-1, far.getInputStream().read());
        }
    }

    @Test
    void aConnectionMadeMeanwhileLeadsNowhereUntilItIsWholeAgain() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                CuttableLink cable = cableTo(server)) {
            cable.cut();
            try (Socket client = connect(cable)) {
                client.getOutputStream().write('a');
                server.setSoTimeout(SILENCE_MILLIS);
                assertThrows(SocketTimeoutException.class, server::accept);

                cable.heal();
                server.setSoTimeout(0);
                try (Socket far = server.accept()) {
                    assertEquals('a', far.getInputStream().read());
                }
            }
        }
    }

    private static CuttableLink cableTo(ServerSocket server) throws IOException {
        InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return CuttableLink.plug(anywhere, (InetSocketAddress) server.getLocalSocketAddress());
    }

    private static Socket connect(CuttableLink cable) throws IOException {
        return new Socket(cable.near().getAddress(), cable.near().getPort());
    }

    /** Neither a byte nor an end. */
    private static void assertSilent(Socket socket) throws IOException {
        socket.setSoTimeout(SILENCE_MILLIS);
        assertThrows(SocketTimeoutException.class, socket.getInputStream()::read);
        socket.setSoTimeout(0);
    }
}
