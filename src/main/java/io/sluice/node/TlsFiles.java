package io.sluice.node;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.X509KeyManager;
import javax.net.ssl.X509TrustManager;

/** Reads and checks a certificate and its key. Without the check every handshake would fail, and only the clients would notice. */
final class TlsFiles {

    private TlsFiles() {}

    /**
     * Reads the files.
     *
     * @throws ConfigException if they are no PEM, or do not belong together
     */
    static PemKeyCertOptions read(Vertx vertx, HttpConfig.Tls tls) {
        return read(vertx, "http.tls", tls);
    }

    /** @param option where the files are named */
    static PemKeyCertOptions read(Vertx vertx, String option, HttpConfig.Tls tls) {
        try {
            PemKeyCertOptions pem = new PemKeyCertOptions()
                    .setCertValue(Buffer.buffer(Secrets.pem(tls.certificate(), false)))
                    .setKeyValue(Buffer.buffer(Secrets.pem(tls.key(), true)));
            String alias = pem.loadKeyStore(vertx).aliases().nextElement();
            X509KeyManager keys =
                    (X509KeyManager) pem.getKeyManagerFactory(vertx).getKeyManagers()[0];
            if (!belongTogether(keys.getCertificateChain(alias)[0], keys.getPrivateKey(alias))) {
                throw new ConfigException(option + ".key", '"' + tls.key() + '"', "the key of " + tls.certificate());
            }
            return pem;
        } catch (ConfigException e) {
            throw e;
        } catch (Exception e) {
            throw new ConfigException(option + ": " + tls.certificate() + ", " + tls.key() + ": " + e.getMessage());
        }
    }

    /**
     * Reads the certificates of those who are trusted, and checks that they trust the own one, as a client and as a server: otherwise
     * nobody else that trusts them would.
     *
     * @throws ConfigException if they are no PEM, or do not
     */
    static PemTrustOptions readTrusted(Vertx vertx, String option, String authority, PemKeyCertOptions own) {
        try {
            PemTrustOptions pem = new PemTrustOptions().addCertValue(Buffer.buffer(Secrets.pem(authority, false)));
            X509TrustManager trusted =
                    (X509TrustManager) pem.getTrustManagerFactory(vertx).getTrustManagers()[0];
            X509KeyManager keys =
                    (X509KeyManager) own.getKeyManagerFactory(vertx).getKeyManagers()[0];
            String alias = own.loadKeyStore(vertx).aliases().nextElement();
            X509Certificate[] chain = keys.getCertificateChain(alias);
            trusted.checkClientTrusted(chain, keys.getPrivateKey(alias).getAlgorithm());
            // Which key is used for what is none of TLS 1.3.
            trusted.checkServerTrusted(chain, "UNKNOWN");
            return pem;
        } catch (CertificateException e) {
            throw new ConfigException(
                    option, '"' + authority + '"', "what has signed the node's own certificate: " + e.getMessage());
        } catch (Exception e) {
            throw new ConfigException(option + ": " + authority + ": " + e.getMessage());
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
