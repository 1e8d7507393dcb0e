package dev.holdfast.cli.reliability;

import java.util.List;

/**
 * What else goes wrong, what comes of it, and the tests that show it, as {@code module: Class#method}. A test holds that each of
 * them is there.
 */
record Hardship(String what, String outcome, List<String> tests) {

    static final List<Hardship> ALL = List.of(
            of("The broker is away while a backup is made", "It is made, and told when the broker is back",
                    "backup-worker: BrokerAwayIT#a_backup_that_was_made_meanwhile_is_told_when_the_broker_is_back",
                    "backup-worker: BrokerAwayIT#a_failure_of_that_time_is_told_when_the_broker_is_back"),
            of("The broker is away for ten minutes, or its clock jumps", "No run is called silent, and none is dispatched again",
                    "scheduler-service: SuperviseRunsTest#an_outage_of_the_broker_and_a_clock_that_jumps_make_no_run_silent"),
            of("The broker is away when services start", "They wait; the API shows what the repository holds; nothing is deleted before the log could be read",
                    "scheduler-service: SchedulerServiceIT#without_a_broker_it_starts_shows_what_the_repository_holds_and_refuses_to_run_now",
                    "retention-service: RetentionServiceIT#what_the_rules_let_go_is_deleted_and_told_once_the_log_could_be_read",
                    "notifier-service: NotifierServiceIT#it_waits_for_a_broker_and_then_delivers_what_holdfast_yml_subscribes"),
            of("The broker comes back empty", "Topics are made again and read from their start; the views come back from the repository; "
                    + "nothing is done again",
                    "cli: BrokerWipedIT#after_the_broker_lost_everything_the_backups_are_known_nothing_is_done_again_and_the_next_run_finishes_once",
                    "service-kit: LogAndTopicsIT#topics_that_are_lost_under_running_readers_are_made_again_and_read_from_their_start",
                    "scheduler-service: SchedulerServiceIT#the_catalog_follows_the_log_and_is_there_again_after_a_restart_and_on_an_empty_broker"),
            of("S3 answers 500 for a moment", "The part is sent again",
                    "backup-repository: S3StoreIT#a_part_that_fails_once_is_sent_again"),
            of("S3 goes on answering 500", "The upload fails and leaves nothing; other repositories keep their copies",
                    "backup-repository: S3StoreIT#a_store_that_goes_on_failing_is_worth_another_try_later_and_keeps_nothing",
                    "backup-worker: SeveralRepositoriesIT#a_repository_that_fails_half_way_is_reported_as_lost_and_the_backup_completes"),
            of("S3 answers 503", "The act is worth another try", "backup-repository: S3StoreIT#a_throttling_store_is_worth_another_try"),
            of("S3's answer is lost", "The object is found to be ours",
                    "backup-repository: S3StoreIT#a_put_whose_answer_was_lost_is_still_ours"),
            of("S3 cuts a body off", "The read fails; a cut object is never taken for a shorter one",
                    "backup-repository: S3StoreIT#a_body_that_is_cut_off_on_its_way_back_fails_the_read_and_is_no_shorter_object"),
            of("S3 reports success and has nothing, or other bytes", "It is found out before there is a backup",
                    "backup-repository: S3StoreIT#a_store_that_says_done_and_has_nothing_is_found_out",
                    "backup-repository: S3StoreIT#a_store_that_changed_the_bytes_is_found_out"),
            of("A repository stalls", "It loses its copy and holds nothing up",
                    "backup-worker: SeveralRepositoriesIT#a_repository_that_stalls_loses_its_copy_and_holds_nothing_up"),
            of("The source restarts in mid-dump", "The run is deferred with a failure, and the next attempt completes",
                    "backup-worker: SourceRestartsIT#a_run_whose_server_crashed_and_restarted_in_mid_dump_is_deferred_with_a_failure_and_the_next_attempt_completes"),
            of("The disk of a repository fills up in mid-dump", "No backup, no upload, and no harm to another repository's copy",
                    "backup-worker: FailingProgramsIT#a_disk_that_fills_up_in_mid_dump_leaves_no_backup_and_no_upload",
                    "backup-repository: FullDiskIT#a_backup_that_fills_the_disk_leaves_no_manifest_and_no_temporary_file_and_hurts_no_other",
                    "backup-repository: S3StoreIT#a_bucket_without_space_is_full"),
            of("The verifier's disk is full", "Unproven, for want of disk; never called bad",
                    "verifier-service: UnprovableBackupsIT#a_disk_that_is_too_small",
                    "postgres-tools: ScratchClusterIT#a_disk_that_is_full_is_told_by_the_place_that_found_it_full"),
            of("A clock jumps an hour, or more, either way", "No fire time is asked for twice, and no schedule stops",
                    "scheduler-service: FireSchedulesTest#a_clock_that_is_corrected_a_little_fires_nothing_twice_and_one_that_was_far_ahead_does_not_stop_schedules",
                    "scheduler-service: AcceptRequestsTest#clocks_may_differ_by_a_day_and_an_older_request_is_as_good_as_any"),
            of("100,000 databases on two schedulers, one of which ends", "Each is asked for once a day",
                    "scheduler-service: ManyDatabasesTest#a_hundred_thousand_databases_are_each_asked_for_once_a_day_over_a_takeover_by_the_other_scheduler"),
            of("1,000 requests, one partition, four worker processes of two slots", "Eight at a time, each once",
                    "service-kit: ThousandRequestsIT#a_thousand_requests_are_done_once_each_eight_at_a_time_by_four_processes"),
            of("A worker is busy for longer than its poll interval and its lock", "It stays in its group, and its job is given to nobody else",
                    "service-kit: WorkQueueIT#a_worker_with_full_slots_leaves_the_next_request_to_another_however_long_its_job"));

    private static Hardship of(String what, String outcome, String... tests) {
        return new Hardship(what, outcome, List.of(tests));
    }
}
