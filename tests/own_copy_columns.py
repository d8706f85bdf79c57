"""Where each column of each table of ours is in a citizen's own copy, or why it is not.

A new table or column fails `tests/house/test_own_copy_columns.py` until it stands here. A place is the kind of a
record and the path in it: `.sinds`, `.toestemming`, `.bestand`, or `.waarde` with the keys below that.
"""

from collections.abc import Mapping

WHOSE = "Says whose the row is, by a keyed hash of their number: the whole copy is theirs."
SEALED_FOR_IT = "A keyed hash or id by which the row is found; what it stands for is in the copy."
ORDER = "Puts rows of the same moment in order."
UNTIL = "The term, which the policy says of each kind."
OPENED = "What is sealed is in the copy, opened."
HOW_SENT = "How the queue goes about it: nothing that was said by or about anybody."

IN_COPY: Mapping[str, Mapping[str, str]] = {
    "access_session": {
        "opened_at": "session.sinds",
        "last_seen_at": "session.waarde.last_seen_at",
        "sealed_about": "session.waarde.about.device",
    },
    "access_device": {"first_seen_on": "device.sinds", "last_seen_on": "device.waarde.last_seen_on"},
    "corrections_report": {
        "reference": "report.waarde.reference",
        "dataset": "report.waarde.dataset",
        "sealed": "report.waarde.report.should_be",
        "reported_at": "report.sinds",
        "delivered_at": "report.waarde.way_at",
        "failed_at": "report.waarde.way_at",
        "failure": "report.waarde.failure",
    },
    "corrections_status": {
        "sealed": "report.waarde.statuses",
        "number": "report.waarde.statuses",
        "received_at": "report.waarde.received_at",
    },
    "dossiers_reported": {"reported_at": "reported.sinds", "sealed": "reported.waarde"},
    "dossiers_seen": {"sealed": "seen.waarde.number", "since": "seen.sinds"},
    "journal_entry": {
        "id": "use.waarde.kenmerk",
        "name": "use.waarde.handeling",
        "actor_kind": "use.waarde.door",
        "actor": "use.waarde.door",
        "start_ms": "use.sinds",
        "end_ms": "use.waarde.einde",
        "activities": "use.waarde.gebruikt",
        "outcomes": "use.waarde.gebruikt",
    },
    "mail_outbox": {"created_at": "waiting_mail.sinds"},
    "mailbox_box": {"citizen_id": "ebox_box.waarde"},
    "mailbox_event": {"at": "ebox_event.sinds"},
    "mailbox_link": {
        "sealed": "ebox_link.waarde",
        "consent": "ebox_link.toestemming.tekst",
        "since": "ebox_link.sinds",
    },
    "mailbox_untold": {"due_at": "ebox_untold.sinds"},
    "mailbox_arranged": {"sealed": "ebox_arranged.waarde.star", "since": "ebox_arranged.sinds"},
    "mailbox_folder": {"sealed": "ebox_folder.waarde", "since": "ebox_folder.sinds"},
    "mailbox_reminder": {"sealed": "ebox_reminder.waarde", "due_at": "ebox_reminder.sinds"},
    "mailbox_archive": {
        "sealed": "ebox_archive.waarde",
        "consent": "ebox_archive.toestemming.tekst",
        "since": "ebox_archive.sinds",
    },
    "mailbox_copy": {
        "sealed": "ebox_copy.waarde.document",
        "size": "ebox_copy.waarde.bytes",
        "kept_at": "ebox_copy.sinds",
    },
    "mailbox_paid": {"sealed": "ebox_paid.waarde", "since": "ebox_paid.sinds"},
    "notifications_delivery": {
        name: f"mail.waarde.{name}" for name in ("state", "why", "put_at", "due_at", "settled_at")
    },
    "notifications_notice": {
        "body": "notice.waarde.body",
        "changed_at": "notice.waarde.position.at",
        "number": "notice.waarde.position.number",
        "arrived_at": "notice.sinds",
        "is_silent": "notice.waarde.is_silent",
        "sealed": "notice.waarde.notice.number",
    },
    "notifications_preferences": {
        "sealed": "preferences.waarde",
        "consent": "preferences.toestemming.tekst",
        "since": "preferences.sinds",
    },
    "notifications_thread": {
        "newest_at": "thread.sinds",
        **{
            name: f"thread.waarde.{name}"
            for name in (
                "thread",
                "body",
                "arrivals",
                "loud_at",
                "opened_at",
                "listed_at",
                "archived_at",
                "is_marked_unread",
                "is_archived",
                "is_unread",
            )
        },
    },
    "privacy_visit": {name: f"last_sign_in.waarde.{name}" for name in ("seen_on", "announced_on", "retired_on")},
    "privacy_request": {
        "reference": "request.waarde.reference",
        "gdpr_right": "request.waarde.right",
        "body": "request.waarde.body",
        "sealed": "request.waarde.ask.about",
        "received_at": "request.sinds",
        **{
            name: f"request.waarde.state.{name}"
            for name in (
                "due_on",
                "extended_on",
                "attempts",
                "delivered_at",
                "delivered_to",
                "failed_at",
                "failure",
                "closed_at",
                "closed_by",
            )
        },
    },
    "privacy_request_news": {
        "kind": "request.waarde.news",
        "sealed": "request.waarde.news",
        "at": "request.waarde.news",
    },
    "profile_address": {
        "sealed": "address.waarde",
        "consent": "address.toestemming.tekst",
        "since": "address.sinds",
    },
    "profile_dismissal": {"sealed": "dismissal.waarde.cause", "since": "dismissal.sinds"},
    "profile_email": {
        "sealed": "other_email.waarde",
        "consent": "other_email.toestemming.tekst",
        "since": "other_email.sinds",
    },
    "profile_kept": {
        "kind": "email.soort",
        "sealed": "photo.bestand",
        "consent": "nickname.toestemming.tekst",
        "since": "nickname.sinds",
    },
    "profile_proposal": {
        "kind": "proposal.waarde.kind",
        "sealed": "proposal.waarde.proposed",
        "attempts_left": "proposal.waarde.attempts_left",
        "made_at": "proposal.sinds",
        "valid_until": "proposal.waarde.valid_until",
    },
    "sources_answer": {"dataset": "kept_answer.waarde", "kept_at": "kept_answer.sinds"},
}

NOT_IN_COPY: Mapping[str, Mapping[str, str]] = {
    "access_session": {
        "id": "Derived from the cookie's secret; whoever has the cookie has it.",
        "citizen_id": WHOSE,
        "sealed_identity": "Name and number as the provider said them, which open with the cookie alone.",
    },
    "access_device": {"citizen_id": WHOSE, "kind": "A keyed hash of the kind of device, which nobody can turn back."},
    "access_erasure": dict.fromkeys(
        ("id", "citizen_id", "at", "erased_at"), "While everything is being erased, when nobody can ask for a copy."
    ),
    "access_once": dict.fromkeys(
        ("mark", "session_id", "citizen_id", "started_at", "sealed"),
        "The answer to a form of this session, for who sends it twice: a page that they were given already.",
    ),
    "corrections_delivery": dict.fromkeys(
        ("report_id", "citizen_id", "sealed"), "The report itself on its way to the body, sealed for the worker."
    ),
    "corrections_report": {
        "id": SEALED_FOR_IT,
        "citizen_id": WHOSE,
        "form_key": SEALED_FOR_IT,
        "body": "The body's name is in what is sealed.",
        "until": HOW_SENT,
        "attempts": HOW_SENT,
    },
    "corrections_status": {
        "report_id": SEALED_FOR_IT,
        "citizen_id": WHOSE,
        "mark": SEALED_FOR_IT,
    },
    "dossiers_reported": {
        "citizen_id": WHOSE,
        "dossier": SEALED_FOR_IT,
        "body": "The body's name is in what is sealed.",
        "ends_at": UNTIL,
        "is_waiting": "For whom it is sealed, which is now them.",
    },
    "dossiers_seen": {"citizen_id": WHOSE, "mark": SEALED_FOR_IT},
    "journal_entry": {
        "recorded_at": "When the row was written, some milliseconds beside what it says itself.",
        "trace_id": SEALED_FOR_IT,
        "operation_id": SEALED_FOR_IT,
        "parent_operation_id": SEALED_FOR_IT,
        "citizen_id": WHOSE,
        "subject": "Their name in the journal, which only their keys lead to.",
        "status": "Sums up the results, each of which is there.",
        "erased": "Of an erasing, after which there is no copy.",
        "erased_subject": "Of an erasing, after which there is no copy.",
    },
    "mail_outbox": {
        "id": SEALED_FOR_IT,
        "citizen_id": WHOSE,
        "sealed": "A mail on its way to them, which the worker alone may open.",
        "greeting": "Their nickname, which is in the copy.",
    },
    "mailbox_box": {
        "mark": SEALED_FOR_IT,
        "sealed": "Their national number, sealed for the worker.",
        "due_at": HOW_SENT,
    },
    "mailbox_event": {"citizen_id": WHOSE, "mark": SEALED_FOR_IT, "ends_at": UNTIL},
    "mailbox_farewell": dict.fromkeys(
        ("citizen_id", "sealed", "due_at", "ends_at"),
        "Their number, for the word to the eBox that `ebox_untold` names, of who had everything erased before.",
    ),
    "mailbox_link": {"citizen_id": WHOSE},
    "mailbox_untold": {"citizen_id": WHOSE, "wish": SEALED_FOR_IT, "ends_at": UNTIL},
    "mailbox_arranged": {"citizen_id": WHOSE, "mark": SEALED_FOR_IT, "ends_at": UNTIL},
    "mailbox_folder": {"citizen_id": WHOSE, "id": SEALED_FOR_IT, "mark": SEALED_FOR_IT},
    "mailbox_reminder": {
        "citizen_id": WHOSE,
        "mark": SEALED_FOR_IT,
        "errand": "The same document, sealed for the worker.",
        "told_at": UNTIL,
    },
    "mailbox_archive": {"citizen_id": WHOSE},
    "mailbox_copy": {
        "id": SEALED_FOR_IT,
        "citizen_id": WHOSE,
        "mark": SEALED_FOR_IT,
        "begun_at": "When writing began, some seconds before it was kept.",
    },
    "mailbox_copy_part": dict.fromkeys(
        ("copy_id", "item", "number", "citizen_id", "sealed"),
        "The bytes of a copy, which are files of the ZIP (`Tables.files`).",
    ),
    "mailbox_paid": {"citizen_id": WHOSE, "mark": SEALED_FOR_IT},
    "notifications_delivery": {
        "id": SEALED_FOR_IT,
        "citizen_id": WHOSE,
        "notice_id": SEALED_FOR_IT,
        "channel": "There is one: mail.",
        "sealed": "The name of the service, for the worker; it is in the notice.",
        "digest_id": HOW_SENT,
    },
    "notifications_notice": {
        "id": SEALED_FOR_IT,
        "citizen_id": WHOSE,
        "thread": SEALED_FOR_IT,
        "ends_at": UNTIL,
        "is_waiting": "For whom it is sealed, which is now them.",
    },
    "notifications_preferences": {"citizen_id": WHOSE},
    "notifications_thread": {
        "citizen_id": WHOSE,
        **dict.fromkeys(("newest_number", "loud_number", "opened_number", "listed_number", "archived_number"), ORDER),
    },
    "privacy_request": {"id": SEALED_FOR_IT, "citizen_id": WHOSE, "form_key": SEALED_FOR_IT, "warned_at": HOW_SENT},
    "privacy_request_errand": dict.fromkeys(
        ("request_id", "citizen_id", "sealed"), "The request itself on its way to the body, sealed for the worker."
    ),
    "privacy_request_news": {"request_id": SEALED_FOR_IT, "citizen_id": WHOSE},
    "privacy_visit": {"citizen_id": WHOSE, "mail_id": SEALED_FOR_IT},
    "profile_address": {"id": SEALED_FOR_IT, "citizen_id": WHOSE},
    "profile_dismissal": {"citizen_id": WHOSE, "mark": SEALED_FOR_IT},
    "profile_email": {"citizen_id": WHOSE, "id": SEALED_FOR_IT},
    "profile_kept": {"citizen_id": WHOSE, "id": SEALED_FOR_IT},
    "profile_proposal": {
        "citizen_id": WHOSE,
        "id": SEALED_FOR_IT,
        "code": "A keyed hash of the code that was mailed to them.",
        "mail_id": SEALED_FOR_IT,
    },
    "sources_answer": {
        "session_id": SEALED_FOR_IT,
        "sealed": "A copy of what a body answered, which opens with the cookie alone and goes with the session.",
        "citizen_id": WHOSE,
    },
    # In the key database.
    "keys_citizen": dict.fromkeys(
        ("citizen_id", "data_key", "mail_key", "private_key", "public_key", "created_at"),
        "Keys, which say nothing by themselves: what they open is in the copy.",
    ),
    "keys_erasure": dict.fromkeys(
        ("citizen_id", "begun_at", "erased_at"), "That all was erased, until they sign in again: then there is none."
    ),
    "keys_subject": dict.fromkeys(
        ("citizen_id", "subject"), "Leads to their entries in the journal, which are there."
    ),
}

OF_NOBODY: Mapping[str, str] = {
    "access_erased": "Hashes of public keys that are gone: nothing leads from them to anybody.",
    "access_machine_assertion": "Machines of bodies.",
    "access_machine_token": "Machines of bodies.",
    "dossiers_duration": "Counts.",
    "dossiers_upload": "What bodies sent, by keyed hashes; whose dossier it is stands in dossiers_reported.",
    "jobs_deferrable": "Names of tasks.",
    "journal_activity": "The register.",
    "journal_anchor": "Hashes of links.",
    "journal_batch": "Hashes of entries.",
    "journal_salt": "Salts of hashes.",
    "journal_state": "One row about the database.",
    "keys_arrival": "Pairs of the installation.",
    "keys_installation": "Which key files belong to the database.",
    "mail_question": "Questions to the contact centre, of which nobody knows whose they are.",
    "mail_question_rate": "Keyed hashes of networks, for two hours.",
    "mailbox_cursor": "Where reading goes on.",
    "notifications_bundle": "Keyed hashes of what bodies sent.",
    "profile_code_sent": "Keyed hashes of who asked for a code, for two hours; nothing leads from a citizen to them.",
    "sweeping_state": "One row about the clock of sweeps.",
    "tallies_page": "Counts of pages, of nobody.",
    "sources_process": "What processes see of sources.",
}
