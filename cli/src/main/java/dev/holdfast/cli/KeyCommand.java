package dev.holdfast.cli;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.crypto.KeyGenerator;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "key", mixinStandardHelpOptions = true, description = "Keys that backups are encrypted to.",
        subcommands = KeyCommand.New.class, synopsisSubcommandLabel = "COMMAND")
final class KeyCommand implements Runnable {

    private final HoldfastCommand holdfast;

    KeyCommand(HoldfastCommand holdfast) {
        this.holdfast = holdfast;
    }

    @Override
    public void run() {
        throw new picocli.CommandLine.ParameterException(holdfast.spec.subcommands().get("key"), "say what to do: new");
    }

    @Command(name = "new", mixinStandardHelpOptions = true, description = {
        "Make an OpenPGP key pair in two files. The public one goes to the worker (encryption.recipients), the secret one",
        "to the verifier (keys.secret-keys), and a copy of it to a safe place: without it no backup can be restored."})
    static final class New implements Callable<Integer> {

        /** The document of {@code key new --json}. */
        record KeyMade(String fingerprint, String publicKey, String secretKey) {
        }

        private final HoldfastCommand holdfast;

        @Parameters(paramLabel = "FOLDER", defaultValue = ".", description = "Where the files go (default: here).")
        Path folder;

        @Option(names = "--name", paramLabel = "NAME", defaultValue = "backup",
                description = "First part of the files' names (default: ${DEFAULT-VALUE}).")
        String name;

        @Option(names = "--user", paramLabel = "USER", defaultValue = "Holdfast backups",
                description = "User of the key, readable by everybody (default: ${DEFAULT-VALUE}).")
        String user;

        @Option(names = "--passphrase-env", paramLabel = "VARIABLE",
                description = "Environment variable with the passphrase for the secret key; without it there is none.")
        String passphraseVariable;

        New(HoldfastCommand holdfast) {
            this.holdfast = holdfast;
        }

        @Override
        public Integer call() {
            Path publicFile = holdfast.surroundings().folder().resolve(folder).resolve(name + ".pub.asc").normalize();
            Path secretFile = publicFile.resolveSibling(name + ".sec.asc");
            String fingerprint = KeyGenerator.generate(user, passphrase(), publicFile, secretFile,
                    holdfast.surroundings().clock());
            holdfast.console().document(new KeyMade(fingerprint, publicFile.toString(), secretFile.toString()));
            if (!holdfast.json) {
                holdfast.console().line("Made the key " + fingerprint);
                holdfast.console().line("  public: " + publicFile + "   give it to the worker: encryption.recipients");
                holdfast.console().line("  secret: " + secretFile + "   give it to the verifier only: keys.secret-keys");
                holdfast.console().line("Keep a copy of the secret key where this machine's loss can't reach it: nothing else opens the backups.");
            }
            return ExitCode.DONE.code();
        }

        private char[] passphrase() {
            if (passphraseVariable == null) {
                return new char[0];
            }
            return Optional.ofNullable(holdfast.surroundings().environment().get(passphraseVariable))
                    .filter(value -> !value.isEmpty()).map(String::toCharArray)
                    .orElseThrow(() -> new HoldfastException(FailureKind.PERMANENT, "secret-unreadable",
                            "making a key: the variable " + passphraseVariable + " is not set",
                            "set it for this command, or leave --passphrase-env out for a key without a passphrase"));
        }
    }
}
