package dev.holdfast.cli;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "token", mixinStandardHelpOptions = true, description = "Tokens for the scheduler's HTTP API.",
        subcommands = TokenCommand.New.class, synopsisSubcommandLabel = "COMMAND")
final class TokenCommand implements Runnable {

    private final HoldfastCommand holdfast;

    TokenCommand(HoldfastCommand holdfast) {
        this.holdfast = holdfast;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(holdfast.spec.subcommands().get("token"), "say what to do: new");
    }

    @Command(name = "new", mixinStandardHelpOptions = true, description = {
        "Make a random token for the HTTP API and print it once, with the line for the configuration, which holds its hash only.",
        "Nothing is stored: a token that gets lost is replaced."})
    static final class New implements Callable<Integer> {

        /** The document of {@code token new --json}. */
        record TokenMade(String name, String access, String token, String sha256) {
        }

        private static final int BYTES = 32;

        private final HoldfastCommand holdfast;

        @CommandLine.Spec
        CommandLine.Model.CommandSpec spec;

        @Parameters(paramLabel = "NAME", description = "Who uses it; told as the requester of whatever is asked for with it.")
        String name;

        @Option(names = "--read-only", description = "It may ask, and change nothing.")
        boolean readOnly;

        New(HoldfastCommand holdfast) {
            this.holdfast = holdfast;
        }

        @Override
        public Integer call() {
            if (!name.matches("[A-Za-z0-9._@-]{1,64}")) {
                throw new CommandLine.ParameterException(spec.commandLine(), "NAME is 1 to 64 of letters, digits and . _ @ -");
            }
            byte[] random = new byte[BYTES];
            new SecureRandom().nextBytes(random);
            String token = "hft_" + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
            TokenMade made = new TokenMade(name, readOnly ? "read" : "full", token, sha256(token));
            holdfast.console().document(made);
            if (!holdfast.json) {
                holdfast.console().line("Token (shown this once): " + token);
                holdfast.console().line("holdfast.yml, under scheduler.tokens:");
                holdfast.console().line("  - {name: \"" + name + "\", sha256: \"" + made.sha256() + "\", access: " + made.access() + "}");
                holdfast.console().line("Then restart the scheduler. Calls carry it as Authorization: Bearer TOKEN.");
            }
            return ExitCode.DONE.code();
        }

        private static String sha256(String token) {
            try {
                return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }
    }
}
