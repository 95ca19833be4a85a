package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartLineTest {

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
            false => 127.0.0.1 => false => ; admin on http://127.0.0.1:8081/
            false => ::1       => false => ; admin on http://[::1]:8081/
            true  => 10.0.0.5  => false => ; admin on https://10.0.0.5:8081/
            false => 0.0.0.0   => true  => ; admin on http://localhost:8081/ at all addresses, open to whoever reaches it
            true  => ::        => false => ; admin on https://localhost:8081/ at all addresses
            """)
    void theAdminListenerIsNamedByAUrlThatCanBeClicked(boolean isTls, String host, boolean isOpen, String said) {
        assertEquals(said, StartLine.admin(isTls, host, 8081, isOpen));
    }
}
