package dev.holdfast.cli;

import dev.holdfast.cli.demo.RunDemo;
import dev.holdfast.cli.output.Console;
import dev.holdfast.failure.HoldfastException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "demo", mixinStandardHelpOptions = true, description = {
    "Show one backup from request to proof on this machine: a Kafka broker, the five services, a PostgreSQL with a",
    "sample database of more than 100 MB and a webhook subscriber, all made for it in one folder and removed again."})
final class DemoCommand implements Callable<Integer> {

    private final HoldfastCommand holdfast;

    @Option(names = "--keep", description = "Leave it all running after the report, until Ctrl-C, and keep the folder.")
    boolean keep;

    DemoCommand(HoldfastCommand holdfast) {
        this.holdfast = holdfast;
    }

    @Override
    public Integer call() throws InterruptedException {
        Console console = holdfast.console();
        AtomicBoolean stopping = new AtomicBoolean();
        RunDemo demo = new RunDemo(console, holdfast.surroundings().clock(), keep);
        Thread stop = new Thread(() -> {
            stopping.set(true);
            console.status("");
            console.line("Stopping ...");
            demo.close();
            console.line(keep ? "Stopped. " + demo.folder() + " is kept; remove it when you are done." : "Stopped, and nothing is left.");
        }, "stop-demo");
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            demo.run();
            if (keep) {
                console.line("");
                console.line("All of it goes on running. Another terminal: holdfast list --config " + demo.configFile());
                console.line("Ctrl-C stops it; " + demo.folder() + " stays until you remove it.");
                new CountDownLatch(1).await();
            }
        } catch (RuntimeException e) {
            if (stopping.get()) {
                // What fails while everything is being stopped fails because of that.
                new CountDownLatch(1).await();
            }
            int code = holdfast.failed(e);
            return e instanceof HoldfastException known && known.code().equals("not-verified")
                    ? ExitCode.NOT_VERIFIED.code() : code;
        } finally {
            if (!stopping.get()) {
                Runtime.getRuntime().removeShutdownHook(stop);
                demo.close();
            }
        }
        console.line("");
        console.line(console.good("Done.") + " Every step happened and was checked; all of it is stopped and removed.");
        return ExitCode.DONE.code();
    }
}
