package dev.holdfast.repository.crypto;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;

/**
 * A key or an encrypted stream can't be used. Codes: {@code recipient-key-invalid}, {@code secret-key-invalid},
 * {@code wrong-passphrase}, {@code wrong-key}, {@code decryption-failed}, {@code key-exists}.
 */
public final class CryptoException extends HoldfastException {

    CryptoException(String code, String message, String nextStep, Throwable cause) {
        super(FailureKind.PERMANENT, code, message, nextStep, cause);
    }
}
