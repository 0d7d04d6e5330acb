// @generated automatically by Diesel CLI.

diesel::table! {
    accounts (id) {
        id -> Uuid,
        kind -> Text,
        login -> Text,
        full_name -> Text,
        citizen_number -> Nullable<Text>,
        tax_code -> Nullable<Text>,
        representative_name -> Nullable<Text>,
        representative_citizen_number -> Nullable<Text>,
        phone -> Nullable<Text>,
        email -> Nullable<Text>,
        language -> Text,
        password_hash -> Text,
        must_change_password -> Bool,
        closed_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    agencies (id) {
        id -> Uuid,
        unit_id -> Uuid,
        identifier -> Text,
        name -> Text,
        kind -> Text,
        sectors -> Array<Nullable<Text>>,
        search_text -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
    }
}

diesel::table! {
    apologies (dossier_id) {
        dossier_id -> Uuid,
        at -> Timestamptz,
        by_account_id -> Uuid,
        reason -> Text,
        old_due_at -> Timestamptz,
        original_due_at -> Timestamptz,
        new_due_on -> Date,
        new_due_at -> Timestamptz,
    }
}

diesel::table! {
    audit_records (id) {
        id -> Int8,
        at -> Timestamptz,
        account_id -> Nullable<Uuid>,
        role -> Nullable<Text>,
        agency_id -> Nullable<Uuid>,
        action -> Text,
        object_kind -> Text,
        object_id -> Uuid,
        detail -> Jsonb,
        request_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    calendar_changes (id) {
        id -> Uuid,
        at -> Timestamptz,
        by_account_id -> Uuid,
        what -> Text,
        before -> Jsonb,
        after -> Jsonb,
        legal_notice -> Text,
        recomputed_after -> Nullable<Uuid>,
        recomputed_at -> Nullable<Timestamptz>,
        deadlines_moved -> Int8,
    }
}

diesel::table! {
    calendar_days (on_date) {
        on_date -> Date,
        kind -> Text,
        name_vi -> Text,
        name_en -> Text,
        legal_notice -> Text,
    }
}

diesel::table! {
    confirmations (id) {
        id -> Uuid,
        dossier_id -> Uuid,
        step -> Int2,
        asked_by -> Uuid,
        asked_at -> Timestamptz,
        text -> Text,
        respond_by -> Timestamptz,
        answered_at -> Nullable<Timestamptz>,
        outcome -> Nullable<Text>,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    deadline_changes (dossier_id, change_id, clock) {
        dossier_id -> Uuid,
        change_id -> Uuid,
        clock -> Text,
        old_due_at -> Timestamptz,
        new_due_at -> Timestamptz,
        was_missed -> Bool,
        at -> Timestamptz,
    }
}

diesel::table! {
    deadline_warnings (dossier_id, kind, due_at) {
        dossier_id -> Uuid,
        kind -> Text,
        due_at -> Timestamptz,
        at -> Timestamptz,
    }
}

diesel::table! {
    dossier_agencies (agency_id, dossier_id) {
        agency_id -> Uuid,
        dossier_id -> Uuid,
        reached_at -> Timestamptz,
    }
}

diesel::table! {
    dossier_counters (agency_id, on_date) {
        agency_id -> Uuid,
        on_date -> Date,
        last -> Int4,
    }
}

diesel::table! {
    dossier_moves (dossier_id, version) {
        dossier_id -> Uuid,
        version -> Int4,
        at -> Timestamptz,
        action -> Text,
        from_state -> Int2,
        to_state -> Int2,
        actor_id -> Nullable<Uuid>,
        actor_role -> Nullable<Text>,
        from_agency_id -> Nullable<Uuid>,
        to_agency_id -> Nullable<Uuid>,
        step_code -> Nullable<Text>,
        minutes_used -> Nullable<Int4>,
        reason -> Nullable<Text>,
        internal_note -> Nullable<Text>,
    }
}

diesel::table! {
    dossier_pauses (dossier_id, started_at) {
        dossier_id -> Uuid,
        started_at -> Timestamptz,
        state -> Int2,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    dossiers (id) {
        id -> Uuid,
        number -> Nullable<Text>,
        state -> Int2,
        version -> Int4,
        procedure_id -> Uuid,
        version_id -> Uuid,
        channel -> Text,
        applicant_id -> Nullable<Uuid>,
        applicant_kind -> Text,
        applicant_name -> Text,
        applicant_identity -> Text,
        applicant_phone -> Nullable<Text>,
        applicant_email -> Nullable<Text>,
        answers -> Jsonb,
        unit_id -> Nullable<Uuid>,
        receiving_agency_id -> Nullable<Uuid>,
        handling_agency_id -> Nullable<Uuid>,
        route -> Jsonb,
        current_step -> Int2,
        decision -> Nullable<Text>,
        proposed_by -> Nullable<Uuid>,
        waiting_from -> Nullable<Int2>,
        withdrawal_from -> Nullable<Int2>,
        fee_amount -> Int8,
        tracking_hash -> Nullable<Bytea>,
        created_at -> Timestamptz,
        submitted_at -> Nullable<Timestamptz>,
        accepted_at -> Nullable<Timestamptz>,
        due_at -> Nullable<Timestamptz>,
        deadline -> Nullable<Jsonb>,
        finished_at -> Nullable<Timestamptz>,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    fields (code) {
        code -> Text,
        name -> Text,
        search_text -> Text,
    }
}

diesel::table! {
    files (id) {
        id -> Uuid,
        dossier_id -> Uuid,
        purpose -> Text,
        component_code -> Nullable<Text>,
        name -> Text,
        media_type -> Text,
        size_bytes -> Int8,
        sha256 -> Bytea,
        scan_verdict -> Text,
        uploaded_by -> Uuid,
        uploaded_at -> Timestamptz,
        sealed_at -> Nullable<Timestamptz>,
        removed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    grants (id) {
        id -> Uuid,
        account_id -> Uuid,
        role -> Text,
        unit_id -> Nullable<Uuid>,
        agency_id -> Nullable<Uuid>,
        valid_from -> Timestamptz,
        valid_to -> Nullable<Timestamptz>,
        granted_by -> Nullable<Uuid>,
        revoked_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    idempotency_keys (account_id, key) {
        account_id -> Uuid,
        key -> Text,
        operation -> Text,
        body_hash -> Bytea,
        status -> Nullable<Int2>,
        reply -> Nullable<Jsonb>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    jobs (id) {
        id -> Uuid,
        kind -> Text,
        payload -> Jsonb,
        dedupe_key -> Nullable<Text>,
        run_at -> Timestamptz,
        attempts -> Int4,
        lease_until -> Nullable<Timestamptz>,
        last_error -> Nullable<Text>,
        parked_at -> Nullable<Timestamptz>,
        done_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    notices (id) {
        id -> Uuid,
        account_id -> Nullable<Uuid>,
        dossier_id -> Nullable<Uuid>,
        kind -> Text,
        language -> Text,
        recipient -> Text,
        subject -> Text,
        body_text -> Text,
        body_html -> Text,
        event_id -> Int8,
        created_at -> Timestamptz,
        sent_at -> Nullable<Timestamptz>,
        given_up_at -> Nullable<Timestamptz>,
        question_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    outbox_events (id) {
        id -> Int8,
        kind -> Text,
        subject_id -> Uuid,
        payload -> Jsonb,
        request_id -> Nullable<Uuid>,
        occurred_at -> Timestamptz,
        dispatched_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    payment_requests (id) {
        id -> Uuid,
        dossier_id -> Uuid,
        amount -> Int8,
        reason -> Text,
        requested_by -> Uuid,
        requested_at -> Timestamptz,
        paid_at -> Nullable<Timestamptz>,
        confirmed_by -> Nullable<Uuid>,
        receipt_number -> Nullable<Text>,
        cancelled_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    procedure_versions (id) {
        id -> Uuid,
        procedure_id -> Uuid,
        number -> Int4,
        status -> Text,
        valid_from -> Date,
        definition -> Jsonb,
        row_version -> Int4,
        created_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
        published_by -> Nullable<Uuid>,
        published_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    procedures (id) {
        id -> Uuid,
        code -> Text,
        name -> Text,
        field_code -> Text,
        search_text -> Text,
        levels -> Array<Nullable<Text>>,
        subjects -> Array<Nullable<Text>>,
        channels -> Array<Nullable<Text>>,
        published -> Nullable<Jsonb>,
        conflicts -> Array<Nullable<Text>>,
        closed_on -> Nullable<Date>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    published_answers (id) {
        id -> Uuid,
        question_id -> Uuid,
        agency_id -> Uuid,
        field_code -> Nullable<Text>,
        procedure_code -> Nullable<Text>,
        title -> Text,
        question_text -> Text,
        answer_text -> Text,
        legal_basis -> Array<Nullable<Text>>,
        search_text -> Text,
        published_by -> Uuid,
        published_at -> Timestamptz,
        withdrawn_at -> Nullable<Timestamptz>,
        withdrawn_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    question_agencies (agency_id, question_id) {
        agency_id -> Uuid,
        question_id -> Uuid,
        reached_at -> Timestamptz,
    }
}

diesel::table! {
    question_alarms (question_id, round, kind) {
        question_id -> Uuid,
        round -> Int2,
        kind -> Text,
        agency_id -> Uuid,
        due_at -> Timestamptz,
        raised_at -> Timestamptz,
    }
}

diesel::table! {
    question_counters (agency_id, on_date) {
        agency_id -> Uuid,
        on_date -> Date,
        last -> Int4,
    }
}

diesel::table! {
    question_deadline_changes (question_id, round, at) {
        question_id -> Uuid,
        round -> Int2,
        at -> Timestamptz,
        from_due_at -> Timestamptz,
        to_due_at -> Timestamptz,
        was_late -> Bool,
        rule -> Text,
    }
}

diesel::table! {
    question_moves (question_id, version) {
        question_id -> Uuid,
        version -> Int4,
        at -> Timestamptz,
        action -> Text,
        from_state -> Text,
        to_state -> Text,
        actor_id -> Nullable<Uuid>,
        actor_role -> Nullable<Text>,
        from_agency_id -> Uuid,
        to_agency_id -> Uuid,
        outcome -> Nullable<Text>,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    question_rounds (question_id, round) {
        question_id -> Uuid,
        round -> Int2,
        asked_text -> Text,
        asked_at -> Timestamptz,
        due_at -> Nullable<Timestamptz>,
        deadline -> Nullable<Jsonb>,
        answer_text -> Nullable<Text>,
        legal_basis -> Array<Nullable<Text>>,
        answered_at -> Nullable<Timestamptz>,
        answered_by -> Nullable<Uuid>,
        answering_agency_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    questions (id) {
        id -> Uuid,
        number -> Nullable<Text>,
        state -> Text,
        version -> Int4,
        asker_id -> Nullable<Uuid>,
        asker_name -> Text,
        asker_email -> Nullable<Text>,
        language -> Text,
        agency_id -> Uuid,
        title -> Text,
        field_code -> Nullable<Text>,
        procedure_code -> Nullable<Text>,
        may_publish -> Bool,
        created_at -> Timestamptz,
        confirm_secret -> Nullable<Text>,
        confirm_until -> Nullable<Timestamptz>,
        asked_at -> Nullable<Timestamptz>,
        limit_days -> Int2,
        remind_days -> Int2,
        round -> Int2,
        due_at -> Nullable<Timestamptz>,
        remind_at -> Nullable<Timestamptz>,
        assignee_id -> Nullable<Uuid>,
        lease_until -> Nullable<Timestamptz>,
        score -> Nullable<Int2>,
        score_note -> Nullable<Text>,
        scored_at -> Nullable<Timestamptz>,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    received_papers (dossier_id, component_code) {
        dossier_id -> Uuid,
        component_code -> Text,
        originals -> Int2,
        copies -> Int2,
    }
}

diesel::table! {
    refresh_tokens (token_hash) {
        token_hash -> Bytea,
        session_id -> Uuid,
        issued_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    results (id) {
        id -> Uuid,
        dossier_id -> Uuid,
        title -> Text,
        outcome -> Text,
        file_id -> Nullable<Uuid>,
        note -> Nullable<Text>,
        issued_by -> Uuid,
        issued_at -> Timestamptz,
        withdrawn_at -> Nullable<Timestamptz>,
        returned_at -> Nullable<Timestamptz>,
        returned_how -> Nullable<Text>,
    }
}

diesel::table! {
    sessions (id) {
        id -> Uuid,
        account_id -> Uuid,
        device -> Text,
        created_at -> Timestamptz,
        refreshed_at -> Timestamptz,
        expires_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        end_reason -> Nullable<Text>,
    }
}

diesel::table! {
    slip_counters (agency_id, year) {
        agency_id -> Uuid,
        year -> Int2,
        last -> Int4,
    }
}

diesel::table! {
    slips (id) {
        id -> Uuid,
        dossier_id -> Uuid,
        form -> Int2,
        regime -> Text,
        agency_id -> Uuid,
        year -> Int2,
        serial -> Int4,
        issued_at -> Timestamptz,
        issued_by -> Nullable<Uuid>,
        data -> Jsonb,
    }
}

diesel::table! {
    supplements (id) {
        id -> Uuid,
        dossier_id -> Uuid,
        ordinal -> Int2,
        requested_by -> Uuid,
        requested_at -> Timestamptz,
        defects -> Jsonb,
        respond_by -> Timestamptz,
        answered_at -> Nullable<Timestamptz>,
        answer_note -> Nullable<Text>,
        closed_at -> Nullable<Timestamptz>,
        outcome -> Nullable<Text>,
    }
}

diesel::table! {
    tasks (id) {
        id -> Uuid,
        dossier_id -> Uuid,
        step -> Int2,
        step_code -> Text,
        step_kind -> Text,
        role -> Text,
        agency_id -> Uuid,
        dossier_state -> Int2,
        procedure_id -> Uuid,
        assignee_id -> Nullable<Uuid>,
        lease_until -> Nullable<Timestamptz>,
        opened_at -> Timestamptz,
        due_at -> Timestamptz,
        closed_at -> Nullable<Timestamptz>,
        closed_by -> Nullable<Uuid>,
        outcome -> Nullable<Text>,
        warn_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    unit_successions (old_unit_id, new_unit_id) {
        old_unit_id -> Uuid,
        new_unit_id -> Uuid,
        kind -> Text,
        is_default -> Bool,
    }
}

diesel::table! {
    units (id) {
        id -> Uuid,
        level -> Text,
        code -> Text,
        name -> Text,
        full_name -> Text,
        unit_type -> Text,
        search_text -> Text,
        parent_id -> Nullable<Uuid>,
        path -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
    }
}

diesel::table! {
    uploads (id) {
        id -> Uuid,
        begun_at -> Timestamptz,
    }
}

diesel::joinable!(agencies -> units (unit_id));
diesel::joinable!(apologies -> accounts (by_account_id));
diesel::joinable!(apologies -> dossiers (dossier_id));
diesel::joinable!(calendar_changes -> accounts (by_account_id));
diesel::joinable!(confirmations -> accounts (asked_by));
diesel::joinable!(confirmations -> dossiers (dossier_id));
diesel::joinable!(deadline_changes -> calendar_changes (change_id));
diesel::joinable!(deadline_changes -> dossiers (dossier_id));
diesel::joinable!(deadline_warnings -> dossiers (dossier_id));
diesel::joinable!(dossier_agencies -> agencies (agency_id));
diesel::joinable!(dossier_agencies -> dossiers (dossier_id));
diesel::joinable!(dossier_counters -> agencies (agency_id));
diesel::joinable!(dossier_moves -> accounts (actor_id));
diesel::joinable!(dossier_moves -> dossiers (dossier_id));
diesel::joinable!(dossier_pauses -> dossiers (dossier_id));
diesel::joinable!(dossiers -> procedure_versions (version_id));
diesel::joinable!(dossiers -> procedures (procedure_id));
diesel::joinable!(dossiers -> units (unit_id));
diesel::joinable!(files -> accounts (uploaded_by));
diesel::joinable!(files -> dossiers (dossier_id));
diesel::joinable!(grants -> agencies (agency_id));
diesel::joinable!(grants -> units (unit_id));
diesel::joinable!(notices -> accounts (account_id));
diesel::joinable!(notices -> dossiers (dossier_id));
diesel::joinable!(notices -> questions (question_id));
diesel::joinable!(payment_requests -> dossiers (dossier_id));
diesel::joinable!(procedure_versions -> procedures (procedure_id));
diesel::joinable!(procedures -> fields (field_code));
diesel::joinable!(published_answers -> agencies (agency_id));
diesel::joinable!(published_answers -> fields (field_code));
diesel::joinable!(published_answers -> questions (question_id));
diesel::joinable!(question_agencies -> agencies (agency_id));
diesel::joinable!(question_agencies -> questions (question_id));
diesel::joinable!(question_alarms -> agencies (agency_id));
diesel::joinable!(question_alarms -> questions (question_id));
diesel::joinable!(question_counters -> agencies (agency_id));
diesel::joinable!(question_deadline_changes -> questions (question_id));
diesel::joinable!(question_moves -> accounts (actor_id));
diesel::joinable!(question_moves -> questions (question_id));
diesel::joinable!(question_rounds -> accounts (answered_by));
diesel::joinable!(question_rounds -> agencies (answering_agency_id));
diesel::joinable!(question_rounds -> questions (question_id));
diesel::joinable!(questions -> agencies (agency_id));
diesel::joinable!(questions -> fields (field_code));
diesel::joinable!(received_papers -> dossiers (dossier_id));
diesel::joinable!(refresh_tokens -> sessions (session_id));
diesel::joinable!(results -> accounts (issued_by));
diesel::joinable!(results -> dossiers (dossier_id));
diesel::joinable!(results -> files (file_id));
diesel::joinable!(sessions -> accounts (account_id));
diesel::joinable!(slip_counters -> agencies (agency_id));
diesel::joinable!(slips -> accounts (issued_by));
diesel::joinable!(slips -> agencies (agency_id));
diesel::joinable!(slips -> dossiers (dossier_id));
diesel::joinable!(supplements -> accounts (requested_by));
diesel::joinable!(supplements -> dossiers (dossier_id));
diesel::joinable!(tasks -> agencies (agency_id));
diesel::joinable!(tasks -> dossiers (dossier_id));
diesel::joinable!(tasks -> procedures (procedure_id));

diesel::allow_tables_to_appear_in_same_query!(
    accounts,
    agencies,
    apologies,
    audit_records,
    calendar_changes,
    calendar_days,
    confirmations,
    deadline_changes,
    deadline_warnings,
    dossier_agencies,
    dossier_counters,
    dossier_moves,
    dossier_pauses,
    dossiers,
    fields,
    files,
    grants,
    idempotency_keys,
    jobs,
    notices,
    outbox_events,
    payment_requests,
    procedure_versions,
    procedures,
    published_answers,
    question_agencies,
    question_alarms,
    question_counters,
    question_deadline_changes,
    question_moves,
    question_rounds,
    questions,
    received_papers,
    refresh_tokens,
    results,
    sessions,
    slip_counters,
    slips,
    supplements,
    tasks,
    unit_successions,
    units,
    uploads,
);
