package dev.holdfast.repository.crypto;

import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureSubpacketVector;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;

import java.time.Instant;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Optional;

/** What the owner's signature says about a key: purpose and end (RFC 4880, section 5.2.3). */
final class KeyBinding {

    private KeyBinding() {
    }

    static boolean mayEncrypt(PGPPublicKey key, PGPPublicKey primary) {
        int encrypting = KeyFlags.ENCRYPT_COMMS | KeyFlags.ENCRYPT_STORAGE;
        return binding(key, primary).map(PGPSignature::getHashedSubPackets)
                .filter(packets -> packets.getKeyFlags() == 0 || (packets.getKeyFlags() & encrypting) != 0)
                .isPresent();
    }

    /** When the key ends, or empty where it does not. */
    static Optional<Instant> expiry(PGPPublicKey key, PGPPublicKey primary) {
        return binding(key, primary).map(PGPSignature::getHashedSubPackets)
                .map(PGPSignatureSubpacketVector::getKeyExpirationTime).filter(seconds -> seconds != 0)
                .map(seconds -> key.getCreationTime().toInstant().plusSeconds(seconds));
    }

    /** The newest signature by the primary key that binds this key, or that certifies the primary's own user ids. */
    private static Optional<PGPSignature> binding(PGPPublicKey key, PGPPublicKey primary) {
        Iterator<PGPSignature> signatures = key.getSignatures();
        Iterable<PGPSignature> all = () -> signatures;
        PGPSignature newest = null;
        for (PGPSignature signature : all) {
            if (isBinding(signature, key, primary) && (newest == null || NEWEST.compare(signature, newest) > 0)) {
                newest = signature;
            }
        }
        return Optional.ofNullable(newest);
    }

    private static final Comparator<PGPSignature> NEWEST = Comparator.comparing(PGPSignature::getCreationTime);

    private static boolean isBinding(PGPSignature signature, PGPPublicKey key, PGPPublicKey primary) {
        if (signature.getKeyID() != primary.getKeyID() || signature.getHashedSubPackets() == null) {
            return false;
        }
        try {
            if (key.isMasterKey()) {
                return certifies(signature, primary);
            }
            if (signature.getSignatureType() != PGPSignature.SUBKEY_BINDING) {
                return false;
            }
            signature.init(new BcPGPContentVerifierBuilderProvider(), primary);
            return signature.verifyCertification(primary, key);
        } catch (PGPException e) {
            return false;
        }
    }

    private static boolean certifies(PGPSignature signature, PGPPublicKey primary) throws PGPException {
        for (Iterator<String> users = primary.getUserIDs(); users.hasNext();) {
            String user = users.next();
            for (Iterator<PGPSignature> own = primary.getSignaturesForID(user); own != null && own.hasNext();) {
                if (own.next() == signature) {
                    signature.init(new BcPGPContentVerifierBuilderProvider(), primary);
                    return signature.verifyCertification(user, primary);
                }
            }
        }
        return false;
    }
}
