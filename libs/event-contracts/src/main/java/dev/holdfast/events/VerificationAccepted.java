package dev.holdfast.events;

/** The scheduler has seen the verification request and supervises the run. */
public record VerificationAccepted(String database, String backupId, String level, String requester, AcceptedRequest request)
        implements Payload {

    /** As older versions wrote it: it tells of the run, yet nobody can ask for it again. */
    public VerificationAccepted(String database, String backupId, String level, String requester) {
        this(database, backupId, level, requester, null);
    }
}
