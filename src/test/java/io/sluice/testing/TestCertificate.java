package io.sluice.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A certificate for localhost that signs itself, made by the JDK's keytool, in the files that a user would have. */
public record TestCertificate(Path certificate, Path key, SSLContext trusting) {

    private static final String PASSWORD = "changeit";

    private static @Nullable KeyStore made;

    /** The one that this JVM has, since keytool takes its time. */
    public static synchronized TestCertificate in(Path directory)
            throws IOException, GeneralSecurityException, InterruptedException {
        made = made == null ? make(directory) : made;
        return written(made, directory);
    }

    /** Another one. */
    public static TestCertificate newIn(Path directory)
            throws IOException, GeneralSecurityException, InterruptedException {
        return written(make(directory), directory);
    }

    private static KeyStore make(Path directory) throws IOException, GeneralSecurityException, InterruptedException {
        Path store = directory.resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "node",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        store.toString())
                .inheritIO()
                .start();
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool failed");
        }
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    private static TestCertificate written(KeyStore keys, Path directory) throws IOException, GeneralSecurityException {
        Certificate certificate = keys.getCertificate("node");
        Path certificateFile = pem(directory.resolve("cert.pem"), "CERTIFICATE", certificate.getEncoded());
        Path keyFile = pem(
                directory.resolve("key.pem"),
                "PRIVATE KEY",
                keys.getKey("node", PASSWORD.toCharArray()).getEncoded());
        return new TestCertificate(certificateFile, keyFile, trusting(certificate));
    }

    private static Path pem(Path file, String what, byte[] encoded) throws IOException {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
        return Files.writeString(file, "-----BEGIN " + what + "-----\n" + base64 + "\n-----END " + what + "-----\n");
    }

    private static SSLContext trusting(Certificate certificate) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry("node", certificate);
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return context;
    }
}
