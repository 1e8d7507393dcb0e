package dev.holdfast.repository.store;

/** One streamed create. Not thread-safe. Closing without commit aborts and leaves nothing. */
public interface ObjectUpload extends AutoCloseable {

    void write(byte[] bytes, int offset, int length);

    /**
     * Makes the object visible, unless its key is taken (code {@code object-exists}), and confirms with the store that
     * size and checksum are those of the bytes written (code {@code object-not-confirmed}).
     */
    StoredObject commit();

    void abort();

    @Override
    void close();
}
