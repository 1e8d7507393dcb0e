package dev.holdfast.cli.broker;

import java.nio.file.Path;

/** A process that starts a broker, prints its process id and waits to be killed. */
public final class BrokerHolder {

    private BrokerHolder() {
    }

    public static void main(String[] arguments) throws InterruptedException {
        LocalBroker broker = LocalBroker.start(Path.of(arguments[0]), FreePorts.find());
        System.out.println("broker " + broker.pid());
        Thread.currentThread().join();
    }
}
