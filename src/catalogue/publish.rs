//! What must be true of a version before anyone may submit under it.
//!
//! The check is pure and lists every fault at once, each with a JSON pointer into the definition: an
//! administrator corrects a draft in one sitting. What passes can be compiled, its examples are accepted by its
//! own form, its walk exists in the province's tree, and each step finds exactly one agency in each unit asked.

mod components;
mod form;
mod walk;

use std::fmt::Display;

use chrono::NaiveDate;

use self::components::check_components;
use self::form::{check_form, check_layout};
use self::walk::{check_steps, check_walk};
use super::definition::{Definition, Level, RoutingBasis};
use super::forms::{CompiledDefinition, always_answered};
use super::steps::{PlannedStep, UnitShape};
use crate::calendar::Limit;
use crate::kernel::Fault;

/// What the look-up of a step's agency finds in one unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    Found,
    None,
    Ambiguous,
}

/// Every fault of a definition in a province of this shape. `units` are the places to try, usually all
/// communes; `resolve` looks up the agency of a step for a dossier that belongs to the unit.
pub fn check<U: Display>(
    definition: &Definition,
    shape: UnitShape,
    today: NaiveDate,
    units: &[U],
    resolve: impl Fn(&U, &PlannedStep<'_>) -> Resolution,
) -> Vec<Fault> {
    let mut faults = Faults::default();
    check_heading(definition, &mut faults);
    check_channels(definition, &mut faults);
    check_form(&definition.form, &mut faults);
    check_routing(definition, &mut faults);
    check_layout(definition, &mut faults);
    check_components(definition, &mut faults);
    check_steps(definition, &mut faults);
    check_walk(definition, shape, units, resolve, &mut faults);
    check_examples(definition, today, &mut faults);
    faults.0
}

#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, pointer: impl Into<String>, code: &str, vi: impl Into<String>, en: impl Into<String>) {
        self.0.push(Fault::new(pointer, code, vi, en));
    }

    fn if_empty(&mut self, text: &str, pointer: impl Into<String>) {
        if text.trim().is_empty() {
            self.add(pointer, "empty", "Không được để trống.", "Must not be empty.");
        }
    }

    fn if_none(&mut self, count: usize, pointer: &str) {
        if count == 0 {
            self.add(pointer, "empty", "Phải có ít nhất một mục.", "Needs at least one item.");
        }
    }
}

fn check_heading(definition: &Definition, faults: &mut Faults) {
    faults.if_empty(&definition.name.vi, "/name/vi");
    faults.if_empty(&definition.name.en, "/name/en");
    faults.if_empty(&definition.field.code, "/field/code");
    faults.if_empty(&definition.field.name, "/field/name");
    faults.if_empty(&definition.decision_authority, "/decision_authority");
    faults.if_empty(&definition.result.name, "/result/name");
    faults.if_none(definition.subjects.len(), "/subjects");
    faults.if_none(definition.legal_basis.len(), "/legal_basis");
    if definition.supplement.days == 0 {
        faults.add(
            "/supplement/days",
            "supplement_days",
            "Thời hạn bổ sung hồ sơ phải ít nhất một ngày.",
            "The time for a supplement must be at least a day.",
        );
    }
}

fn check_channels(definition: &Definition, faults: &mut Faults) {
    let open = definition.channels.open();
    if open.is_empty() {
        faults.add("/channels", "no_channel", "Thủ tục chưa mở hình thức nộp nào.", "No channel is open.");
    }
    for (kind, channel) in open {
        let place = format!("/channels/{}", kind.code());
        if definition.same_day && channel.limit != Limit::WorkingDays(1) {
            faults.add(
                format!("{place}/limit"),
                "same_day_limit",
                "Thủ tục trả kết quả trong ngày phải có thời hạn 1 ngày làm việc.",
                "A same-day procedure has a limit of one working day.",
            );
        }
        faults.if_empty(&channel.fee.text, format!("{place}/fee/text"));
    }
}

fn check_routing(definition: &Definition, faults: &mut Faults) {
    let province_only = definition.steps.iter().all(|step| step.level == Level::Province);
    match (&definition.routing.address, definition.routing.basis) {
        (None, RoutingBasis::None) if province_only => {}
        (None, _) => faults.add(
            "/routing/address",
            "address_missing",
            "Phải chỉ ra trường địa chỉ quyết định cơ quan có thẩm quyền.",
            "Name the field whose address decides which agency is competent.",
        ),
        (Some(pointer), _) if !always_answered(&definition.form, pointer) => faults.add(
            "/routing/address",
            "address_not_required",
            format!("Trường {pointer} phải có trong biểu mẫu và bắt buộc ở mọi cấp."),
            format!("The field {pointer} must be in the form and required all the way down."),
        ),
        (Some(_), _) => {}
    }
}

/// An example proves that the form can be filled in; without one nobody has tried.
fn check_examples(definition: &Definition, today: NaiveDate, faults: &mut Faults) {
    faults.if_none(definition.examples.len(), "/examples");
    // A form that does not compile has been named already.
    let Ok(compiled) = CompiledDefinition::compile(definition.clone()) else {
        return;
    };
    for (index, example) in definition.examples.iter().enumerate() {
        for fault in compiled.check_answers(example, today) {
            faults.add(
                format!("/examples/{index}{}", fault.pointer),
                "example",
                format!("Ví dụ không hợp lệ: {}", fault.vi),
                format!("The example is not valid: {}", fault.en),
            );
        }
    }
}
