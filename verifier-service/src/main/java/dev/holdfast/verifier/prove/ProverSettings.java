package dev.holdfast.verifier.prove;

import dev.holdfast.postgres.program.PostgresTools;
import dev.holdfast.postgres.scratch.ScratchSizing;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where and with what a verifier proves.
 *
 * @param verifier    who it is, for the evidence
 * @param scratch     folder in which scratch clusters are made
 * @param scratchUser who they run as where the verifier is root
 */
public record ProverSettings(String verifier, Path scratch, Optional<String> scratchUser, PostgresTools tools,
        ScratchSizing sizing) {
}
