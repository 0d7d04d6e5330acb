//! A walk that starts and ends at a desk, decides after it has worked, and finds an agency at every step.

use std::collections::HashSet;
use std::fmt::Display;

use super::{Faults, Resolution};
use crate::catalogue::definition::{Definition, Level, Sector, SignaturePolicy, Step, StepKind};
use crate::catalogue::steps::{PlannedStep, UnitShape, plan, total_share};

/// Units named in a fault about agencies; the others are counted.
const UNITS_NAMED: usize = 3;

pub(super) fn check_steps(definition: &Definition, faults: &mut Faults) {
    let steps = &definition.steps;
    let mut codes = HashSet::new();
    for (index, step) in steps.iter().enumerate() {
        let place = format!("/steps/{index}");
        faults.if_empty(&step.code, format!("{place}/code"));
        faults.if_empty(&step.name.vi, format!("{place}/name/vi"));
        faults.if_empty(&step.name.en, format!("{place}/name/en"));
        if !codes.insert(step.code.as_str()) {
            faults.add(
                format!("{place}/code"),
                "duplicate_code",
                format!("Mã bước {} bị trùng.", step.code),
                format!("The step code {} occurs twice.", step.code),
            );
        }
        if !step.kind.roles().contains(&step.role) {
            faults.add(
                format!("{place}/role"),
                "role",
                format!("Bước {} không thuộc vai trò này.", step.kind.vi()),
                format!("A step of kind {} is not done by role {}.", step.kind.en(), step.role.code()),
            );
        }
    }
    check_confirmations(steps, faults);
    let share = total_share(steps);
    if share > 100 {
        faults.add(
            "/steps",
            "shares",
            format!("Các bước chiếm {share} % thời hạn, vượt quá 100 %."),
            format!("The steps claim {share} % of the limit, more than 100 %."),
        );
    }
    let order: Vec<(usize, &Step)> = steps.iter().enumerate().collect();
    check_order(definition, &order, faults);
}

/// Whoever works on the case asks for the applicant's word; nobody else does.
fn check_confirmations(steps: &[Step], faults: &mut Faults) {
    for (index, step) in steps.iter().enumerate() {
        let Some(confirmation) = step.confirmation else { continue };
        let place = format!("/steps/{index}/confirmation");
        if !matches!(step.kind, StepKind::Processing | StepKind::Verification) {
            faults.add(
                place.clone(),
                "confirmation_place",
                "Chỉ bước thụ lý hoặc thẩm tra mới được đề nghị công dân xác nhận.",
                "Only a processing or verification step asks for a confirmation.",
            );
        }
        if !(1..=30).contains(&confirmation.working_days) {
            faults.add(
                format!("{place}/working_days"),
                "range",
                "Thời hạn xác nhận từ 1 đến 30 ngày làm việc.",
                "The time to confirm is 1 to 30 working days.",
            );
        }
    }
}

/// The order that every walk keeps. Asked of the steps as written, and again of the steps that are left in a
/// province without one of the levels.
fn check_order(definition: &Definition, walk: &[(usize, &Step)], faults: &mut Faults) {
    let count = |kind: StepKind| walk.iter().filter(|(_, step)| step.kind == kind).count();
    let first = walk.first().map(|(_, step)| step.kind);
    if first != Some(StepKind::Reception) || count(StepKind::Reception) != 1 {
        faults.add(
            "/steps",
            "reception_first",
            "Quy trình phải bắt đầu bằng đúng một bước tiếp nhận.",
            "The walk starts with exactly one reception.",
        );
    }
    let last = walk.last().map(|(_, step)| step.kind);
    if last != Some(StepKind::Return) || count(StepKind::Return) != 1 {
        faults.add(
            "/steps",
            "return_last",
            "Quy trình phải kết thúc bằng đúng một bước trả kết quả.",
            "The walk ends with exactly one return.",
        );
    }
    if !walk.iter().any(|(_, step)| step.kind.handles()) {
        faults.add(
            "/steps",
            "no_handling",
            "Quy trình phải có ít nhất một bước giải quyết.",
            "The walk needs at least one handling step.",
        );
    }
    let mut worked = false;
    let mut decided = false;
    for (index, step) in walk {
        let too_early = match step.kind {
            StepKind::Approval => !worked,
            StepKind::Signature => !worked && !decided,
            StepKind::Issue => !worked && !decided,
            StepKind::Reception | StepKind::Processing | StepKind::Verification | StepKind::Return => false,
        };
        if too_early {
            faults.add(
                format!("/steps/{index}/kind"),
                "order",
                format!("Bước {} phải đứng sau bước thụ lý.", step.kind.vi()),
                format!("The {} comes after the processing.", step.kind.en()),
            );
        }
        worked |= matches!(step.kind, StepKind::Processing | StepKind::Verification);
        decided |= matches!(step.kind, StepKind::Approval | StepKind::Signature);
    }
    if definition.two_persons && !(worked && decided) {
        faults.add(
            "/two_persons",
            "two_persons",
            "Hai người khác nhau chỉ có thể khi có cả bước thụ lý và bước phê duyệt.",
            "Two persons need both a processing and an approval step.",
        );
    }
    if definition.signature == SignaturePolicy::Required && !decided {
        faults.add(
            "/signature",
            "nobody_signs",
            "Kết quả phải được ký nhưng quy trình không có bước phê duyệt hoặc ký.",
            "The result must be signed, but no step approves or signs.",
        );
    }
}

pub(super) fn check_walk<U: Display>(
    definition: &Definition,
    shape: UnitShape,
    units: &[U],
    resolve: impl Fn(&U, &PlannedStep<'_>) -> Resolution,
    faults: &mut Faults,
) {
    let walk = match plan(&definition.steps, shape) {
        Ok(walk) => walk,
        Err(missing) => {
            for fault in missing {
                let index = fault.index;
                let level = fault.level;
                let code = if fault.declared { "moved_to_absent_level" } else { "level_absent" };
                faults.add(
                    format!("/steps/{index}/if_level_absent"),
                    code,
                    format!("Tỉnh không có {}; bước phải ghi rõ được bỏ qua hay chuyển đi đâu.", level_vi(level)),
                    format!("The province has no {} level; say whether the step is skipped or moved, and where to.", level.as_str()),
                );
            }
            return;
        }
    };
    // The steps as written were asked already.
    if walk.len() < definition.steps.len() {
        let left: Vec<(usize, &Step)> = walk.iter().map(|planned| (planned.index, planned.step)).collect();
        check_order(definition, &left, faults);
    }
    for planned in &walk {
        for (wanted, code) in [(Resolution::None, "no_agency"), (Resolution::Ambiguous, "several_agencies")] {
            let mut named = Vec::new();
            let mut count = 0_usize;
            for unit in units {
                if resolve(unit, planned) != wanted {
                    continue;
                }
                count += 1;
                if named.len() < UNITS_NAMED {
                    named.push(unit.to_string());
                }
            }
            if count == 0 {
                continue;
            }
            let (all, examples) = (units.len(), named.join(", "));
            let (level, sector) = (planned.level, planned.step.sector);
            let (what_vi, what_en) = match wanted {
                Resolution::None => ("Không có cơ quan", "No agency"),
                _ => ("Có nhiều cơ quan cùng", "Several agencies"),
            };
            faults.add(
                format!("/steps/{}", planned.index),
                code,
                format!(
                    "{what_vi} {} phụ trách {} cho {count}/{all} đơn vị ({examples}).",
                    level_vi(level),
                    sector_vi(sector)
                ),
                format!(
                    "{what_en} of level {} with sector {} for {count} of {all} units ({examples}).",
                    level.as_str(),
                    sector.as_str()
                ),
            );
        }
    }
}

fn level_vi(level: Level) -> &'static str {
    match level {
        Level::Commune => "cấp xã",
        Level::District => "cấp huyện",
        Level::Province => "cấp tỉnh",
    }
}

fn sector_vi(sector: Sector) -> &'static str {
    match sector {
        Sector::SingleWindow => "một cửa",
        Sector::CivilStatus => "hộ tịch",
        Sector::Certification => "chứng thực",
        Sector::Residence => "cư trú",
        Sector::IdCard => "căn cước",
        Sector::JudicialRecord => "lý lịch tư pháp",
        Sector::Land => "đất đai",
        Sector::Construction => "xây dựng",
        Sector::Business => "đăng ký kinh doanh",
        Sector::Social => "bảo trợ xã hội",
        Sector::Agriculture => "nông nghiệp",
        Sector::Transport => "giao thông vận tải",
        Sector::General => "tổng hợp",
    }
}
