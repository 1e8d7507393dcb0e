package dev.holdfast.events.example;

/** A fixture that breaks two rules. */
public class KnowsKafka {

    public Class<?> broken() {
        return org.apache.kafka.clients.admin.Admin.class;
    }

    public Object brokenToo() {
        return new dev.holdfast.worker.example.ImportsTheVerifier();
    }
}
