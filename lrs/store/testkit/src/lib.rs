//! The contract of [`super`] as tests: every engine runs the same ones.
//!
//! Each item is an asynchronous function that takes an empty store of its own and panics where
//! the store does not keep its word. An engine's test file names no item; it lists them all with
//! [`store_contract!`](crate::store_contract):
//!
//! ```text
//! async fn fresh() -> (TempDir, Arc<dyn Store>) { … }
//! store_testkit::store_contract!(crate::fresh);
//! ```

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests: a panic is how an item says that the contract is broken"
)]

pub mod around;
pub mod audit;
pub mod clock;
pub mod concurrency;
pub mod courses;
pub mod documents;
pub mod erasure;
pub mod failing;
pub mod filters;
pub mod journals;
pub mod keys;
pub mod log;
pub mod of_others;
pub mod origins;
pub mod packages;
pub mod paging;
pub mod people;
pub mod pipes;
pub mod references;
pub mod refusals;
pub mod removal;
pub mod sessions;
pub mod slow;
pub mod statements;
pub mod things;
pub mod transfer;
pub mod voiding;
pub mod watched;

pub mod damage;
pub mod generated;
pub mod memory;
mod naive;
pub mod sample;

/// Makes one `#[tokio::test]` of every item of the contract, in one module per topic.
///
/// `$fresh` is the absolute path of an `async fn()` that gives a pair: whatever must outlive the
/// store, and an `Arc<dyn Store>` that nothing was written to. Attributes before the path are those of
/// each test: `#[ignore = "why"]` where the engine cannot be had on every machine.
#[macro_export]
macro_rules! store_contract {
    ($(#[$attribute:meta])* $fresh:path $(,)?) => {
        $crate::store_contract! { @tests [$(#[$attribute])*] $fresh;
            statements: [
                the_bytes_of_a_statement_come_back_as_they_came,
                a_statement_is_given_up_to_the_length_that_may_be_read,
                a_statement_says_itself_when_it_was_stored,
                ids_come_back_in_the_order_of_the_batch,
                an_empty_batch_is_kept,
                a_large_batch_is_kept_in_its_order,
                a_batch_with_one_conflict_leaves_nothing_behind,
                an_equal_statement_again_changes_nothing,
                new_and_known_statements_share_a_batch,
                a_different_statement_is_a_conflict_that_names_the_places,
                stored_grows_within_and_across_batches,
                an_unknown_id_is_no_statement,
                attachments_come_back_each_once,
                the_first_data_under_a_hash_stays,
                the_data_of_an_attachment_comes_in_pieces,
            ];
            paging: [
                since_is_exclusive_and_until_is_inclusive,
                ascending_is_descending_reversed,
                more_is_said_exactly_when_more_follow,
                a_heavy_page_is_shorter_and_says_that_more_follow,
                voided_statements_are_not_what_more_speaks_of,
                pages_pass_over_statements_that_were_voided_before_they_came,
                pages_join_without_gap_or_repetition,
                a_page_begins_beyond_an_instant_nothing_was_stored_at,
                long_runs_of_the_index_are_walked_to_their_end,
            ];
            filters: [
                every_filter_alone_finds_what_a_slow_reading_finds,
                every_two_filters_find_what_a_slow_reading_finds,
                many_filters_find_what_a_slow_reading_finds,
                a_thing_never_heard_of_is_met_by_nothing,
                identifiers_are_told_apart_by_their_kind,
            ];
            references: [
                a_reference_is_found_by_what_its_target_is_found_by,
                a_target_that_comes_later_counts_as_much,
                chains_are_followed_in_every_order_of_arrival,
                a_long_chain_is_followed_as_far_as_is_promised,
                a_chain_is_followed_equally_far_in_whatever_pieces_it_comes,
                a_portion_is_of_the_nearest_and_closest_things,
                a_batch_of_thousands_passes_on_no_more_than_one_of_some_hundred,
                what_a_long_text_names_is_not_inherited,
                a_statement_of_a_long_text_passes_on_nothing,
                a_statement_of_a_long_text_ends_chains,
                a_reference_to_a_wide_statement_is_kept,
                what_all_heirs_of_a_batch_inherit_together_is_bounded,
                a_chain_broken_by_a_missing_link_is_mended_when_it_comes,
                references_in_a_circle_are_found_by_all_of_it,
                time_and_authority_are_always_a_statements_own,
                with_an_authority_nothing_is_inherited,
                conditions_may_be_met_by_different_links_of_a_chain,
            ];
            voiding: [
                a_voided_statement_is_found_by_its_id_only,
                a_voiding_statement_cannot_be_voided,
                a_statement_may_be_voided_before_it_comes,
                a_statement_voided_twice_is_voided,
                a_voiding_statement_is_found_by_what_it_voids,
                a_failed_batch_voids_nothing,
            ];
            log: [
                the_log_is_complete_and_in_order,
                the_log_says_what_is_voided,
                the_log_begins_after_the_instant_given,
                a_page_of_the_log_ends_where_it_gets_heavy,
                waiting_ends_with_news,
                waiting_ends_at_once_when_the_news_is_there,
                waiting_ends_without_news,
                what_was_known_already_is_no_news,
                everything_up_to_the_consistent_instant_can_be_read,
                the_latest_instant_is_never_earlier_than_what_was_stored_or_promised,
            ];
            things: [
                agents_have_the_names_they_were_seen_under,
                definitions_are_merged_over_statements,
                definitions_of_one_batch_are_merged_in_its_order,
                a_failed_batch_teaches_nothing,
                large_definitions_are_learned_however_many,
                a_definition_grows_up_to_a_bound,
                a_definition_of_very_many_values_is_not_learned,
            ];
            documents: [
                a_document_comes_back_as_it_was_put,
                preconditions_hold_as_the_table_says,
                posted_members_are_merged_into_an_object,
                a_refused_merge_changes_nothing,
                a_merge_that_would_be_too_long_is_refused_and_changes_nothing,
                a_deleted_document_is_gone,
                ids_are_those_changed_since_with_the_latest_change,
                more_ids_than_one_answer_lists_are_refused,
                a_registration_is_part_of_an_address_and_none_asks_for_all,
                shelves_of_other_things_are_apart,
                deleting_a_shelf_leaves_the_others,
                of_writers_who_saw_the_same_document_one_wins,
                of_writers_who_create_a_document_one_wins,
                merges_at_once_all_count,
                statements_and_a_document_are_kept_together,
                a_document_is_not_changed_without_its_statements,
                a_document_that_somebody_changed_is_kept_and_its_statements_can_be_sent_again,
            ];
            keys: [
                a_key_comes_back_as_it_was_added,
                a_key_is_changed_where_it_has_the_secret_still,
                the_last_use_of_a_key_goes_with_the_key,
                keys_are_listed_by_name,
                a_name_taken_leaves_the_first_key,
                a_removed_key_is_gone,
                the_secret_stays,
                the_store_answers_a_ping,
            ];
            courses: [
                a_course_comes_back_and_its_revision_grows,
                courses_are_listed_by_id,
                a_deleted_course_is_gone_with_all_that_is_its_own,
                a_course_put_after_it_was_deleted_is_another_one,
                a_course_is_deleted_or_changed_and_never_both,
                progress_of_a_deleted_course_is_not_that_of_a_later_one,
                a_change_of_a_course_holds_for_the_revision_it_was_based_on,
                learners_belong_to_a_course_that_is_there,
                a_reading_is_the_revision_that_asked_for_it,
                changes_at_once_are_all_in_the_end,
                a_frozen_list_comes_back_as_it_was_and_stays,
            ];
            journals: [
                progress_is_replaced_in_part_or_as_a_whole,
                progress_of_a_course_never_followed_is_empty,
                a_course_put_again_keeps_its_progress,
                progress_is_paged_by_actor,
                a_page_of_progress_is_bounded_in_bytes,
                progress_is_found_by_actor,
                progress_found_by_actor_is_bounded_in_bytes,
                written_since_a_version_are_the_documents_of_later_writes,
                watermark_and_documents_move_together,
                progress_made_of_an_older_version_is_refused,
                of_writers_of_progress_one_wins,
                who_is_alone_leads,
            ];
            packages: [
                a_package_is_there_with_all_its_files_or_not_at_all,
                the_newest_version_is_current_until_another_is_chosen,
                content_comes_in_pieces_from_any_place,
                content_that_broke_off_is_not_kept,
                content_is_of_the_import_that_kept_it,
                a_version_that_cannot_be_added_changes_nothing,
                a_removed_version_leaves_the_files_of_others,
                a_removed_package_is_gone_and_its_launches_are_of_nothing,
                good_launches_of_a_version_are_counted,
                imports_at_once_are_versions_one_after_the_other,
                files_are_paged_by_path,
                a_launch_comes_back_until_it_is_removed,
                a_launch_is_taken_back_once,
                launches_are_read_some_at_a_time,
                erased_launches_are_those_of_their_actor,
            ];
            refusals: [
                refusals_come_back_newest_first,
                refusals_are_found_by_key_rule_and_status,
                of_one_key_the_newest_refusals_are_kept,
                all_refusals_together_are_bounded,
                a_refusal_kept_again_is_left_as_it_is,
                a_store_tells_its_room_or_nothing,
            ];
            people: [
                a_person_comes_back_as_they_were_added,
                people_are_listed_by_name,
                of_those_who_add_a_name_at_once_one_does,
                a_person_is_changed_by_one_of_those_who_saw_the_same,
                a_person_who_was_removed_is_gone_and_another_may_have_the_name,
                a_setup_link_is_taken_once,
            ];
            sessions: [
                a_session_comes_back_until_it_is_removed,
                the_last_use_of_a_session_goes_forward_alone,
                a_session_that_is_used_while_it_is_removed_stays_gone,
                the_sessions_of_a_person_go_but_for_one,
                sessions_that_ended_are_removed,
            ];
            audit: [
                entries_come_back_the_newest_first,
                entries_are_found_by_who_what_and_when,
                an_entry_is_never_replaced,
                entries_are_a_chain_in_the_order_in_which_they_were_kept,
                entries_that_are_added_at_once_are_one_chain,
                restored_entries_keep_their_place_in_the_chain,
            ];
            erasure: [
                statements_are_found_by_the_pseudonym_instead,
                a_person_of_several_identifiers_becomes_one,
                who_is_named_again_is_found_by_that_alone,
                a_long_statement_is_rewritten_too,
                names_of_an_address_in_other_letters_go,
                statements_that_stay_are_found_as_before,
                a_person_with_the_name_of_something_else_takes_nothing_along,
                documents_of_the_person_go,
                journals_and_refusals_of_the_person_go,
                origins_and_dead_letters_lose_the_person,
                the_audit_log_loses_the_person_and_stays_whole,
                attachments_are_removed,
                a_frozen_list_is_replaced,
                a_text_that_was_replaced_meanwhile_stays,
                erasures_come_back_by_id,
                erasures_are_read_a_few_mib_at_a_time,
            ];
            of_others: [
                whatever_the_user_name_what_is_of_others_stays,
                a_statement_is_found_by_the_activities_that_it_has,
                who_has_the_activity_of_a_page_goes_on_having_it,
            ];
            removal: [
                a_removed_statement_is_nowhere,
                the_id_of_a_removed_statement_stays_taken,
                what_comes_later_is_stored_after_what_was_removed,
                who_waits_for_news_is_not_told_of_a_removed_statement,
                those_that_refer_to_a_removed_statement_inherit_no_more,
                what_a_removed_statement_voided_is_there_again,
                a_statement_that_was_changed_meanwhile_is_not_removed,
                origins_of_removed_statements_go,
                removed_statements_are_restored,
            ];
            pipes: [
                a_pipe_comes_back_as_it_was_added,
                a_pipe_is_changed_by_one_of_those_who_saw_the_same,
                a_pipe_that_was_removed_is_gone_with_its_letters,
                dead_letters_come_back_by_their_place,
                a_dead_letter_about_a_statement_is_one,
            ];
            transfer: [
                restored_statements_are_as_they_were_elsewhere,
                what_is_not_later_than_everything_is_not_restored,
                the_extent_is_that_of_the_log,
                all_documents_are_paged_through,
                a_secret_is_adopted_by_a_store_without_one,
                a_store_stays_used,
                a_store_is_unfinished_for_as_long_as_it_is_said_to_be,
                a_page_of_documents_ends_where_it_gets_heavy,
            ];
            origins: [
                an_origin_is_kept_with_its_statement,
                a_known_statement_gets_no_origin,
                a_failed_batch_leaves_no_origin,
                origins_are_read_by_range_and_page,
                restored_statements_have_the_origins_that_they_had,
            ];
            concurrency: [
                distinct_statements_of_many_writers_are_all_kept,
                one_statement_sent_by_many_is_kept_once,
                of_different_statements_under_one_id_one_wins,
                no_reader_sees_half_a_batch,
                pages_read_while_others_write_neither_skip_nor_repeat,
                the_log_followed_while_others_write_is_complete,
                the_consistent_instant_is_honest_while_others_write,
                references_and_targets_sent_at_once_find_each_other,
                a_statement_answered_is_read_at_once,
                failing_batches_do_not_touch_their_neighbours,
            ];
        }
    };
    (@tests $attributes:tt $fresh:path; $($topic:ident: [$($item:ident),* $(,)?];)*) => {$(
        mod $topic {$(
            $crate::store_contract! { @test $attributes $fresh; $topic $item }
        )*}
    )*};
    (@test [$(#[$attribute:meta])*] $fresh:path; $topic:ident $item:ident) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        $(#[$attribute])*
        async fn $item() {
            let (_home, store) = $fresh().await;
            $crate::$topic::$item(&store).await;
        }
    };
}
