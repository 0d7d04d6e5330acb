//! The identities of rows: one type per thing, a UUID v7 inside.
//!
//! What must stay true: an id of one thing cannot be passed for another; ids sort roughly by the time they were made
//! (good for indexes), but no rule reads a time out of them and none is a secret.
//! One spelling in and out: lower-case letters on the way out, the hyphenated form only on the way in.

use uuid::Uuid;

use super::values::ValueFault;

const FORM: ValueFault = ValueFault {
    code: "id.form",
    vi: "Mã định danh phải là UUID, ví dụ 0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21.",
    en: "the id must be a UUID, for example 0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21",
};

pub(super) const FAULTS: &[ValueFault] = &[FORM];

macro_rules! id_type {
    ($($(#[$doc:meta])* $id:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord,
            diesel::expression::AsExpression, diesel::deserialize::FromSqlRow, utoipa::ToSchema,
        )]
        #[diesel(sql_type = diesel::sql_types::Uuid)]
        #[schema(value_type = String, format = Uuid, example = "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21")]
        pub struct $id(Uuid);

        impl $id {
            #[allow(clippy::new_without_default, reason = "a default that differs each time would surprise")]
            #[allow(clippy::disallowed_methods, reason = "the one place that makes ids; no rule reads their time")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            pub const fn uuid(self) -> Uuid {
                self.0
            }

            pub fn parse(text: &str) -> Result<Self, ValueFault> {
                read_uuid(text).map(Self)
            }
        }

        impl std::str::FromStr for $id {
            type Err = ValueFault;

            fn from_str(text: &str) -> Result<Self, ValueFault> {
                Self::parse(text)
            }
        }

        impl std::fmt::Display for $id {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, formatter)
            }
        }

        impl std::fmt::Debug for $id {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(formatter, concat!(stringify!($id), "({})"), self.0)
            }
        }

        impl serde::Serialize for $id {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $id {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(super::values::TextVisitor(Self::parse))
            }
        }

        impl diesel::serialize::ToSql<diesel::sql_types::Uuid, diesel::pg::Pg> for $id {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
            ) -> diesel::serialize::Result {
                <Uuid as diesel::serialize::ToSql<diesel::sql_types::Uuid, diesel::pg::Pg>>::to_sql(&self.0, out)
            }
        }

        impl diesel::deserialize::FromSql<diesel::sql_types::Uuid, diesel::pg::Pg> for $id {
            fn from_sql(bytes: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                <Uuid as diesel::deserialize::FromSql<diesel::sql_types::Uuid, diesel::pg::Pg>>::from_sql(bytes)
                    .map(Self)
            }
        }
    )+

        /// The schemas of all ids by name: parameters refer to them, and utoipa collects only what bodies refer to.
        pub fn schemas() -> Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)> {
            vec![$((
                <$id as utoipa::ToSchema>::name().into_owned(),
                <$id as utoipa::PartialSchema>::schema(),
            )),+]
        }
    };
}

id_type! {
    // identity
    AccountId, SessionId, GrantId, RequestId,
    // units and calendar
    UnitId, AgencyId, CalendarChangeId,
    // catalogue
    ProcedureId, VersionId,
    // dossiers, their files and payments
    DossierId, TaskId, SupplementId, ConfirmationId, ResultId, SlipId, FileId, OrderId,
    // questions
    QuestionId, AnswerId,
    // letters and jobs
    NoticeId, JobId,
}

fn read_uuid(text: &str) -> Result<Uuid, ValueFault> {
    // `Uuid::parse_str` also takes braces, URNs and bare digits: one thing, one spelling.
    if text.len() != 36 {
        return Err(FORM);
    }
    Uuid::try_parse(text).map_err(|_| FORM)
}
