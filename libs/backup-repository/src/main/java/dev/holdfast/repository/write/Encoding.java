package dev.holdfast.repository.write;

import java.io.IOException;
import java.io.OutputStream;

/** Puts an encoding, such as encryption, in front of a stream. Closing the result ends the encoding. */
@FunctionalInterface
public interface Encoding {

    /** Nothing is encoded. */
    Encoding NONE = out -> out;

    OutputStream before(OutputStream out) throws IOException;
}
