package io.sluice.node;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import javax.net.ssl.X509KeyManager;

/** Reads and checks a certificate and its key. Without the check every handshake would fail, and only the clients would notice. */
final class TlsFiles {

    private TlsFiles() {}

    /**
     * Reads the files.
     *
     * @throws ConfigException if they are no PEM, or do not belong together
     */
    static PemKeyCertOptions read(Vertx vertx, HttpConfig.Tls tls) {
        try {
            PemKeyCertOptions pem = new PemKeyCertOptions()
                    .setCertValue(Buffer.buffer(Secrets.pem(tls.certificate(), false)))
                    .setKeyValue(Buffer.buffer(Secrets.pem(tls.key(), true)));
            String alias = pem.loadKeyStore(vertx).aliases().nextElement();
            X509KeyManager keys =
                    (X509KeyManager) pem.getKeyManagerFactory(vertx).getKeyManagers()[0];
            if (!belongTogether(keys.getCertificateChain(alias)[0], keys.getPrivateKey(alias))) {
                throw new ConfigException("http.tls.key", '"' + tls.key() + '"', "the key of " + tls.certificate());
            }
            return pem;
        } catch (ConfigException e) {
            throw e;
        } catch (Exception e) {
            throw new ConfigException("http.tls: " + tls.certificate() + ", " + tls.key() + ": " + e.getMessage());
        }
    }

    private static boolean belongTogether(Certificate certificate, PrivateKey key) throws GeneralSecurityException {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "EC" -> "SHA256withECDSA";
                    case "RSA" -> "SHA256withRSA";
                    // Ed25519 is the name of the key and of the signature.
                    default -> key.getAlgorithm();
                };
        byte[] message = {1, 2, 3};
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(message);
        byte[] signed = signature.sign();
        signature.initVerify(certificate);
        signature.update(message);
        return signature.verify(signed);
    }
}
