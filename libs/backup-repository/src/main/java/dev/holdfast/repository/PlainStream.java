package dev.holdfast.repository;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;

import dev.holdfast.repository.crypto.OpenPgp;
import dev.holdfast.repository.crypto.SecretKeys;
import dev.holdfast.repository.manifest.Manifest;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Decrypts, decompresses, and checks plain size and SHA-256. It never gives more than the promised size, so that a
 * small object can't grow without bound.
 */
final class PlainStream extends FilterInputStream {

    private final InputStream stored;
    private final String where;
    private final Manifest.DataStream stream;
    private final Sha256 digest = new Sha256();
    private final byte[] one = new byte[1];
    private long count;
    private boolean ended;

    private PlainStream(InputStream decoded, InputStream stored, String where, Manifest.DataStream stream) {
        super(decoded);
        this.stored = stored;
        this.where = where;
        this.stream = stream;
    }

    static PlainStream open(InputStream stored, String where, Manifest.DataStream stream, Optional<SecretKeys> keys) {
        InputStream decoded = stored;
        try {
            if (keys.isPresent()) {
                decoded = OpenPgp.decrypt(decoded, keys.get());
            }
            if (stream.compression().equals("zstd")) {
                decoded = new ZstdInputStream(decoded);
            }
            return new PlainStream(decoded, stored, where, stream);
        } catch (IOException e) {
            throw undecodable(where, e);
        }
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
        int read;
        try {
            read = in.read(bytes, offset, length);
        } catch (ZstdIOException e) {
            throw undecodable(where, e);
        }
        if (read < 0) {
            end();
            return -1;
        }
        count += read;
        if (count > stream.plainBytes()) {
            throw changed(stream.plainBytes() + " plain bytes", "more");
        }
        digest.update(bytes, offset, read);
        return read;
    }

    /** Reads the stored stream to its end too: its last part is only checked there, and nothing may follow. */
    private void end() throws IOException {
        if (stored != in && stored.read() >= 0) {
            throw changed("the end of the stream", "bytes behind it");
        }
        if (count != stream.plainBytes()) {
            throw changed(stream.plainBytes() + " plain bytes", count + " plain bytes");
        }
        String found = digest.hex();
        if (!found.equals(stream.plainSha256())) {
            throw changed("plain sha256 " + stream.plainSha256(), "plain sha256 " + found);
        }
        ended = true;
    }

    private CorruptObjectException changed(String expected, String found) {
        return new CorruptObjectException("changed stream '" + stream.name() + "'", where, expected, found);
    }

    private static CorruptObjectException undecodable(String where, IOException e) {
        return new CorruptObjectException("undecodable stream", where, "a zstd stream", e.getMessage(), e);
    }

    @Override
    public long skip(long n) throws IOException {
        return readNBytes((int) Math.min(n, 1 << 16)).length;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    @Override
    public void close() throws IOException {
        try {
            super.close();
        } finally {
            stored.close();
        }
    }
}
