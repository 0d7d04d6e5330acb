//! Makes the cards: what a definition says, or what the national record says where there is no definition.

use chrono::NaiveDate;
use serde_json::Value;

use super::{ChannelView, ConflictView, FeeView, FormView, ProcedureCard, StepView, VersionItem};
use crate::catalogue::definition::{Channel, ChannelKind, Definition, Field, Text};
use crate::catalogue::import::{Conflict, ImportedChannel, ImportedProcedure};
use crate::catalogue::steps::{UnitShape, plan};
use crate::catalogue::store::InForce;
use crate::catalogue::store::procedures::{Procedure, levels_passed, subject_code};
use crate::catalogue::store::versions::PublishedVersion;
use crate::catalogue::words;
use crate::infra::clock::in_vietnam;
use crate::units::Unit;

/// The card of a procedure: of its version in force, or of the national record where there is none.
pub fn card(
    procedure: Procedure,
    field_name: String,
    published: Option<ImportedProcedure>,
    in_force: Option<(&InForce, UnitShape)>,
    as_of: NaiveDate,
) -> ProcedureCard {
    let conflicts = published.iter().flat_map(|record| &record.conflicts).map(conflict_view).collect();
    let mut card = ProcedureCard {
        id: procedure.id,
        code: procedure.code.clone(),
        name: Text { vi: procedure.name.clone(), en: procedure.name.clone() },
        field: Field { code: procedure.field_code.clone(), name: field_name },
        as_of,
        open: false,
        open_online: false,
        closed_on: procedure.closed_on,
        version: None,
        service_level: None,
        levels: procedure.levels(),
        subjects: procedure.subjects(),
        decision_authority: None,
        same_day: false,
        channels: Vec::new(),
        legal_basis: Vec::new(),
        components: Vec::new(),
        steps: Vec::new(),
        results: Vec::new(),
        supplement: None,
        notes: Vec::new(),
        conflicts,
        published: None,
    };
    if let Some((in_force, shape)) = in_force {
        card.version = Some(in_force.into());
        say_definition(&mut card, in_force.definition.definition(), shape);
    } else if let Some(record) = &published {
        card.channels = record.channels.iter().map(imported_channel).collect();
        card.legal_basis.clone_from(&record.legal_basis);
        card.results.clone_from(&record.results);
    }
    card.published = published;
    card
}

fn say_definition(card: &mut ProcedureCard, definition: &Definition, shape: UnitShape) {
    card.open = true;
    card.open_online = definition.channels.online.is_some();
    card.name = definition.name.clone();
    card.field = definition.field.clone();
    card.levels =
        levels_passed(definition, shape).into_iter().map(|level| level.as_str().to_owned()).collect();
    card.subjects = definition.subjects.iter().map(|subject| subject_code(*subject).to_owned()).collect();
    card.service_level = Some(definition.service_level);
    card.decision_authority = Some(definition.decision_authority.clone());
    card.same_day = definition.same_day;
    for (kind, channel) in definition.channels.open() {
        card.channels.push(channel_view(kind, channel, definition.same_day));
    }
    card.legal_basis.clone_from(&definition.legal_basis);
    card.components.clone_from(&definition.components);
    card.steps = step_views(definition, shape);
    card.results.push(definition.result.name.clone());
    card.supplement = Some(definition.supplement);
    card.notes.clone_from(&definition.notes);
}

/// The walk in this province; as written, for a day on which the province had no agencies yet.
fn step_views(definition: &Definition, shape: UnitShape) -> Vec<StepView> {
    let mut views = Vec::new();
    match plan(&definition.steps, shape) {
        Ok(walk) => {
            for planned in walk {
                views.push((planned.step, planned.level, planned.time_share));
            }
        }
        Err(_no_place) => {
            for step in &definition.steps {
                views.push((step, step.level, step.time_share));
            }
        }
    }
    views
        .into_iter()
        .map(|(step, level, time_share)| StepView {
            code: step.code.clone(),
            kind: step.kind,
            kind_name: Text { vi: step.kind.vi().to_owned(), en: step.kind.en().to_owned() },
            name: step.name.clone(),
            level,
            role: step.role,
            time_share,
        })
        .collect()
}

fn channel_view(channel: ChannelKind, offered: &Channel, same_day: bool) -> ChannelView {
    ChannelView {
        channel,
        limit: Some(offered.limit),
        limit_text: if same_day { words::same_day() } else { words::limit(offered.limit) },
        fee: FeeView {
            amount: offered.fee.amount,
            kind: Some(offered.fee.kind),
            per: Some(offered.fee.per),
            text: offered.fee.text.clone(),
        },
        text: offered.text.clone(),
    }
}

fn imported_channel(record: &ImportedChannel) -> ChannelView {
    ChannelView {
        channel: record.channel,
        limit: record.limit,
        limit_text: Text { vi: record.limit_text.clone(), en: record.limit_text.clone() },
        fee: FeeView { amount: record.fee_amount, kind: None, per: None, text: record.fee_text.clone() },
        text: String::new(),
    }
}

fn conflict_view(conflict: &Conflict) -> ConflictView {
    ConflictView { code: conflict.code, channel: conflict.channel, text: words::conflict(conflict.code) }
}

pub fn form_view(in_force: &InForce, as_of: NaiveDate, communes: &[Unit]) -> FormView {
    let definition = in_force.definition.definition();
    FormView {
        code: definition.code.clone(),
        name: definition.name.clone(),
        as_of,
        version: in_force.into(),
        subjects: definition.subjects.clone(),
        channels: definition.channels.open().into_iter().map(|(kind, _)| kind).collect(),
        routing: definition.routing.clone(),
        form: definition.form.clone(),
        layout: definition.layout.clone(),
        rules: definition.rules.clone(),
        components: definition.components.clone(),
        examples: definition.examples.iter().map(|example| at_home(definition, example, communes)).collect(),
    }
}

/// An example at an address of this province: a definition is written once, and communes are reorganised under it.
fn at_home(definition: &Definition, example: &Value, communes: &[Unit]) -> Value {
    let mut example = example.clone();
    let Some(address) =
        definition.routing.address.as_deref().and_then(|pointer| example.pointer_mut(pointer))
    else {
        return example;
    };
    let is_here = communes.iter().any(|commune| address.as_str() == Some(commune.code.as_str()));
    if let Some(first) = communes.first().filter(|_| !is_here) {
        *address = Value::String(first.code.clone());
    }
    example
}

/// Versions newest first; each ends on the day before the next one begins, and at the latest when the procedure
/// is closed.
pub fn version_items(
    versions: &[PublishedVersion],
    procedure: &Procedure,
    today: NaiveDate,
) -> Vec<VersionItem> {
    let mut items = Vec::with_capacity(versions.len());
    let mut next_begins = procedure.closed_on;
    for version in versions {
        let ends = next_begins.and_then(|next| next.pred_opt());
        items.push(VersionItem {
            id: version.id,
            number: version.number,
            valid_from: version.valid_from,
            valid_to: ends,
            in_force: version.valid_from <= today && ends.is_none_or(|last| today <= last),
            published_at: version.published_at.map(in_vietnam),
        });
        next_begins = Some(next_begins.map_or(version.valid_from, |next| next.min(version.valid_from)));
    }
    items
}
