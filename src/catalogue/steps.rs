//! The walk of a dossier through the levels, laid over the levels that a province really has.
//!
//! A walk starts with one reception and ends with one return. Where a province has no districts
//! (QĐ 19/2025/QĐ-TTg) a district step is skipped or handled elsewhere, as the step declares; a step that
//! declares nothing is a fault, never a guess. The share of a skipped step is given to the others, so that the
//! shares of a walk add up to the same in every province.

use super::definition::{IfLevelAbsent, Level, Step, StepKind, StepRole};

/// The levels that a province has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitShape {
    pub commune: bool,
    pub district: bool,
    pub province: bool,
}

impl UnitShape {
    /// Before 1 July 2025.
    pub const THREE_LEVEL: Self = Self { commune: true, district: true, province: true };
    /// From 1 July 2025: no districts.
    pub const TWO_LEVEL: Self = Self { district: false, ..Self::THREE_LEVEL };

    pub fn has(self, level: Level) -> bool {
        match level {
            Level::Commune => self.commune,
            Level::District => self.district,
            Level::Province => self.province,
        }
    }
}

/// A step as it is walked in a province.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedStep<'a> {
    /// Place in the definition's list of steps, from 0.
    pub index: usize,
    pub step: &'a Step,
    /// The level that handles it here.
    pub level: Level,
    /// Percent of the time limit here.
    pub time_share: u32,
}

/// Why a step has no place in a province.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanFault {
    pub index: usize,
    /// The level that is absent: the step's own, or the one it was to move to.
    pub level: Level,
    /// The step declares where to go, but that level is absent too.
    pub declared: bool,
}

/// The steps as they are walked in a province of this shape, or every step that has no place in it.
pub fn plan(steps: &[Step], shape: UnitShape) -> Result<Vec<PlannedStep<'_>>, Vec<PlanFault>> {
    let mut planned = Vec::with_capacity(steps.len());
    let mut faults = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let level = if shape.has(step.level) {
            step.level
        } else {
            match step.if_level_absent {
                Some(IfLevelAbsent::Skip) => continue,
                Some(IfLevelAbsent::Commune) => Level::Commune,
                Some(IfLevelAbsent::Province) => Level::Province,
                None => {
                    faults.push(PlanFault { index, level: step.level, declared: false });
                    continue;
                }
            }
        };
        if !shape.has(level) {
            faults.push(PlanFault { index, level, declared: true });
            continue;
        }
        planned.push(PlannedStep { index, step, level, time_share: step.time_share });
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    give_back_skipped_shares(steps, &mut planned);
    Ok(planned)
}

fn give_back_skipped_shares(steps: &[Step], planned: &mut [PlannedStep<'_>]) {
    let declared = total_share(steps);
    let kept: u64 = planned.iter().map(|step| u64::from(step.time_share)).sum();
    if kept == 0 || kept == declared {
        return;
    }
    for step in planned {
        let scaled = u64::from(step.time_share) * declared / kept;
        step.time_share = u32::try_from(scaled).unwrap_or(u32::MAX);
    }
}

/// The percent of the limit that the steps claim together.
pub fn total_share(steps: &[Step]) -> u64 {
    steps.iter().map(|step| u64::from(step.time_share)).sum()
}

impl StepKind {
    /// Who may do a step of this kind.
    pub fn roles(self) -> &'static [StepRole] {
        match self {
            Self::Reception | Self::Return => &[StepRole::Reception],
            Self::Processing | Self::Verification => &[StepRole::Processing],
            Self::Approval | Self::Signature => &[StepRole::Leader],
            Self::Issue => &[StepRole::Processing, StepRole::Reception],
        }
    }

    /// Whether the step works on the matter itself, as the desks do not.
    pub fn handles(self) -> bool {
        !matches!(self, Self::Reception | Self::Return)
    }

    pub fn vi(self) -> &'static str {
        match self {
            Self::Reception => "tiếp nhận",
            Self::Processing => "thụ lý",
            Self::Verification => "thẩm tra, xác minh",
            Self::Approval => "phê duyệt",
            Self::Signature => "ký",
            Self::Issue => "ban hành",
            Self::Return => "trả kết quả",
        }
    }

    pub fn en(self) -> &'static str {
        match self {
            Self::Reception => "reception",
            Self::Processing => "processing",
            Self::Verification => "verification",
            Self::Approval => "approval",
            Self::Signature => "signature",
            Self::Issue => "issue",
            Self::Return => "return",
        }
    }
}

impl StepRole {
    pub fn code(self) -> &'static str {
        match self {
            Self::Reception => "reception",
            Self::Processing => "processing",
            Self::Leader => "leader",
        }
    }
}
