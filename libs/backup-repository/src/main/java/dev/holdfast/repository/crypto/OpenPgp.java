package dev.holdfast.repository.crypto;

import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPEncryptedDataGenerator;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPLiteralData;
import org.bouncycastle.openpgp.PGPLiteralDataGenerator;
import org.bouncycastle.openpgp.operator.bc.BcPGPDataEncryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPublicKeyKeyEncryptionMethodGenerator;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.Date;

/**
 * Streams as one OpenPGP message each, readable by GnuPG 2.2: version 3 session key packets, AES-256, SEIPD version 1
 * (MDC), a binary literal packet in partial lengths, no compression packet (RFC 4880, sections 5.1, 5.13, 5.9, 4.2.2.4).
 */
public final class OpenPgp {

    /** Partial lengths are powers of two; this is also the memory a stream takes, twice. */
    private static final int CHUNK = 1 << 16;

    private OpenPgp() {
    }

    /**
     * Everything written to the result reaches {@code out} encrypted. Closing ends the message and does not close
     * {@code out}; without closing the message is not whole and does not decrypt.
     */
    public static OutputStream encrypt(OutputStream out, Recipients recipients) throws IOException {
        PGPEncryptedDataGenerator encryption = new PGPEncryptedDataGenerator(
                new BcPGPDataEncryptorBuilder(SymmetricKeyAlgorithmTags.AES_256).setWithIntegrityPacket(true)
                        .setSecureRandom(new SecureRandom()));
        recipients.keys().forEach(key ->
                encryption.addMethod(new BcPublicKeyKeyEncryptionMethodGenerator(key)));
        try {
            OutputStream encrypted = encryption.open(out, new byte[CHUNK]);
            OutputStream literal = new PGPLiteralDataGenerator()
                    .open(encrypted, PGPLiteralData.BINARY, "", new Date(0), new byte[CHUNK]);
            return new EncryptingStream(literal, encrypted);
        } catch (PGPException e) {
            throw new CryptoException("recipient-key-invalid",
                    "encrypting to " + recipients + ": " + e.getMessage(), "name another key", e);
        }
    }

    /**
     * The plain bytes of a message. The end is reported only after the integrity code was found right, so bytes read
     * before are not to be trusted until then: reading throws {@link CryptoException} code {@code decryption-failed}.
     * Closing does not close {@code in}.
     *
     * @throws CryptoException code {@code wrong-key} where no key of {@code keys} opens it
     */
    public static InputStream decrypt(InputStream in, SecretKeys keys) {
        return DecryptingStream.open(in, keys);
    }
}
