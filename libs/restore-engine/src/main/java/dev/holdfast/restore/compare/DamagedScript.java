package dev.holdfast.restore.compare;

import java.io.IOException;

/** A script that ends where none may end, or holds what no dump program writes. */
public final class DamagedScript extends IOException {

    public DamagedScript(String message) {
        super(message);
    }
}
