package dev.holdfast.repository.crypto;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Ends the literal packet, then the encrypted one with its integrity code. */
final class EncryptingStream extends FilterOutputStream {

    private final OutputStream encrypted;
    private boolean closed;

    EncryptingStream(OutputStream literal, OutputStream encrypted) {
        super(literal);
        this.encrypted = encrypted;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
    }

    /** A partial packet can't be cut at will; what is whole has been written. */
    @Override
    public void flush() {
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            out.close();
            encrypted.close();
        }
    }
}
