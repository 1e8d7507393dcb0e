# How the services' JVMs start. Sourced by start, train and holdfast; an AOT cache serves only a JVM with the same options.

CLASSPATH_OF_HOLDFAST=$(printf '%s:' /opt/holdfast/lib/*.jar)
CACHES=/opt/holdfast/aot

# Sets MAIN, and OPTIONS that fit the service $1; fails for a name that is none.
describe() {
    local heap=128m compilers=-XX:TieredStopAtLevel=1
    case $1 in
        scheduler) MAIN=dev.holdfast.scheduler.SchedulerService PORT=8600 ;;
        # These two move the data: hashing, compressing and encrypting want the optimising compiler.
        worker) MAIN=dev.holdfast.worker.BackupWorker PORT=8601 heap=256m compilers=-XX:+TieredCompilation ;;
        verifier) MAIN=dev.holdfast.verifier.VerifierService PORT=8602 heap=256m compilers=-XX:+TieredCompilation ;;
        retention) MAIN=dev.holdfast.retention.RetentionService PORT=8603 ;;
        notifier) MAIN=dev.holdfast.notifier.NotifierService PORT=8604 ;;
        *) return 1 ;;
    esac
    OPTIONS=(-Xmx${HOLDFAST_HEAP:-$heap} -Xss512k -XX:+UseSerialGC $compilers -XX:+UseCompactObjectHeaders
        -XX:+ExitOnOutOfMemoryError --enable-native-access=ALL-UNNAMED -cp "$CLASSPATH_OF_HOLDFAST")
}
