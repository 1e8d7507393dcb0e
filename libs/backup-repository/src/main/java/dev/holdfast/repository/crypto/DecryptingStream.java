package dev.holdfast.repository.crypto;

import dev.holdfast.failure.HoldfastException;

import org.bouncycastle.openpgp.PGPCompressedData;
import org.bouncycastle.openpgp.PGPEncryptedData;
import org.bouncycastle.openpgp.PGPEncryptedDataList;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPLiteralData;
import org.bouncycastle.openpgp.PGPMarker;
import org.bouncycastle.openpgp.PGPPublicKeyEncryptedData;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.operator.bc.BcPublicKeyDataDecryptorFactory;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the literal packet and checks the integrity code before reporting the end. */
final class DecryptingStream extends InputStream {

    private final InputStream literal;
    private final PGPPublicKeyEncryptedData encrypted;
    private final byte[] one = new byte[1];
    private boolean ended;

    private DecryptingStream(InputStream literal, PGPPublicKeyEncryptedData encrypted) {
        this.literal = literal;
        this.encrypted = encrypted;
    }

    static DecryptingStream open(InputStream in, SecretKeys keys) {
        try {
            Object first = new BcPGPObjectFactory(in).nextObject();
            if (!(first instanceof PGPEncryptedDataList list)) {
                throw failed("it is not an OpenPGP encrypted message", null);
            }
            PGPPublicKeyEncryptedData encrypted = null;
            PGPKeyPair key = null;
            List<String> recipients = new ArrayList<>();
            for (PGPEncryptedData candidate : list) {
                if (candidate instanceof PGPPublicKeyEncryptedData data) {
                    recipients.add("%016X".formatted(data.getKeyIdentifier().getKeyId()));
                    Optional<PGPKeyPair> found = keys.find(data.getKeyIdentifier().getKeyId());
                    if (key == null && found.isPresent()) {
                        encrypted = data;
                        key = found.get();
                    }
                }
            }
            if (key == null) {
                throw new CryptoException("wrong-key", "the message is encrypted to " + recipients
                        + ", and the keys given are " + keys, "configure the secret key of one of the recipients",
                        null);
            }
            if (!encrypted.isIntegrityProtected()) {
                throw failed("it carries no integrity code", null);
            }
            InputStream clear = encrypted.getDataStream(new BcPublicKeyDataDecryptorFactory(key));
            return new DecryptingStream(literal(clear), encrypted);
        } catch (PGPException | IOException e) {
            throw failed(e.getMessage(), e);
        } catch (HoldfastException e) {
            throw e;
        } catch (RuntimeException e) {
            // The library's parsers and ciphers throw a dozen unchecked types on bytes that are not what they expect.
            throw failed("its packets are not readable", e);
        }
    }

    private static InputStream literal(InputStream clear) throws IOException, PGPException {
        BcPGPObjectFactory packets = new BcPGPObjectFactory(clear);
        Object packet = packets.nextObject();
        while (packet instanceof PGPMarker) {
            packet = packets.nextObject();
        }
        if (packet instanceof PGPCompressedData compressed) {
            packet = new BcPGPObjectFactory(compressed.getDataStream()).nextObject();
        }
        if (packet instanceof PGPLiteralData data) {
            return data.getInputStream();
        }
        throw failed("there is no data in it", null);
    }

    @Override
    public int read() throws IOException {
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (ended || length == 0) {
            return ended ? -1 : 0;
        }
        try {
            int count = literal.read(bytes, offset, length);
            if (count < 0) {
                if (!encrypted.verify()) {
                    throw failed("its integrity code is not that of its content", null);
                }
                ended = true;
            }
            return count;
        } catch (PGPException | IOException e) {
            throw failed(e.getMessage(), e);
        } catch (HoldfastException e) {
            // From the stream below, or ours.
            throw e;
        } catch (RuntimeException e) {
            throw failed("its packets are not readable", e);
        }
    }

    private static CryptoException failed(String why, Throwable cause) {
        return new CryptoException("decryption-failed", "decrypting an OpenPGP message: " + why,
                "use another copy of this backup: these bytes are not what was written", cause);
    }
}
