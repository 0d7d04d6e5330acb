//! The capacities in which an officer acts. A grant gives one of them at an agency or over a unit.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Bộ phận một cửa.
    Reception,
    /// Cán bộ thụ lý.
    Processing,
    /// Lãnh đạo.
    Leader,
    /// Quản trị thủ tục hành chính.
    ProcedureAdministrator,
    /// Quản trị hệ thống.
    SystemAdministrator,
    /// Thanh tra, kiểm soát thủ tục hành chính.
    Inspector,
}

impl Role {
    pub const ALL: [Self; 6] = [
        Self::Reception,
        Self::Processing,
        Self::Leader,
        Self::ProcedureAdministrator,
        Self::SystemAdministrator,
        Self::Inspector,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Reception => "reception",
            Self::Processing => "processing",
            Self::Leader => "leader",
            Self::ProcedureAdministrator => "procedure_administrator",
            Self::SystemAdministrator => "system_administrator",
            Self::Inspector => "inspector",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }
}
