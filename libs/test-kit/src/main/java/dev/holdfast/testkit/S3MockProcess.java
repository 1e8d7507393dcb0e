package dev.holdfast.testkit;

import com.adobe.testing.s3mock.S3MockApplication;

import java.io.IOException;

/** The child process of {@link S3Server}: it ends when its parent, however that ended, no longer holds its input. */
final class S3MockProcess {

    private S3MockProcess() {
    }

    public static void main(String[] arguments) {
        Thread.ofPlatform().daemon().name("await-parent").start(S3MockProcess::endWithParent);
        S3MockApplication.start(arguments);
    }

    private static void endWithParent() {
        int exit = 0;
        try {
            while (System.in.read() >= 0) {
                // The parent writes nothing; only the end counts.
            }
        } catch (IOException e) {
            exit = 1;
        }
        Runtime.getRuntime().halt(exit);
    }
}
