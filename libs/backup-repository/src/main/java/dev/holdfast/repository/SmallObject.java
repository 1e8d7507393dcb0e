package dev.holdfast.repository;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.repository.store.ObjectStore;
import dev.holdfast.repository.store.StoreException;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Reading documents whole, with a limit: a hostile document must not fill the memory. */
final class SmallObject {

    private SmallObject() {
    }

    static Optional<byte[]> find(ObjectStore store, String key, int limit) {
        try (InputStream in = store.read(key, 0)) {
            byte[] bytes = in.readNBytes(limit + 1);
            if (bytes.length > limit) {
                throw new CorruptObjectException("oversized document", store.location() + "/" + key,
                        "at most " + limit + " bytes", "more");
            }
            return Optional.of(bytes);
        } catch (StoreException e) {
            if (e.code().equals("object-missing")) {
                return Optional.empty();
            }
            throw e;
        } catch (IOException e) {
            throw new RepositoryException(FailureKind.RETRIABLE, "store-unreachable",
                    "reading " + store.location() + "/" + key + " broke off: " + e.getMessage(),
                    "check the network and the store", e);
        }
    }
}
