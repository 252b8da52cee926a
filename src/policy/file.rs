//! A policy as a person writes it. Keys that are not named here are mistakes.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;

/// An operator's approved-data list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "named so that a misspelt key is a mistake; read by people"
)]
pub(super) struct PolicyFile {
    pub(super) meta: Meta,
    pub(super) operator: Operator,
    pub(super) approved: Approved,
    pub(super) approved_from_third_parties: Option<Approved>,
    #[serde(default)]
    pub(super) subject_group: Vec<SubjectGroup>,
    #[serde(default)]
    pub(super) category_item: Vec<CategoryItem>,
    #[serde(default)]
    pub(super) purpose: Vec<Purpose>,
    #[serde(default)]
    pub(super) third_party: Vec<ThirdParty>,
    pub(super) third_party_actions: Option<Quoted>,
    #[serde(default)]
    pub(super) prohibition: Vec<Prohibition>,
    #[serde(default)]
    pub(super) conflict: Vec<Conflict>,
    #[serde(default)]
    pub(super) named_not_approved: Vec<NamedNotApproved>,
    #[serde(default)]
    pub(super) dataset: Vec<Dataset>,
    pub(super) cross_border: Option<Quoted>,
    pub(super) storage: Option<Quoted>,
    pub(super) consent: Option<Quoted>,
    pub(super) laws: Option<Quoted>,
    pub(super) destruction: Option<Quoted>,
    pub(super) foreign_law: Option<Quoted>,
    pub(super) cookies: Option<Quoted>,
}

/// Free-form clauses that are kept for people and judged by nobody yet.
pub(super) type Quoted = BTreeMap<String, toml::Value>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "named so that a misspelt key is a mistake; read by people"
)]
pub(super) struct Meta {
    pub(super) schema_version: Spanned<u32>,
    pub(super) title_en: Option<String>,
    seed: Option<String>,
    seed_file: Option<String>,
    category_scope: Option<String>,
    category_scope_note: Option<String>,
    policy_version: Option<String>,
    policy_date: Option<String>,
    text_note: Option<String>,
    evidence: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "named so that a misspelt key is a mistake; read by people"
)]
pub(super) struct Operator {
    pub(super) id: Spanned<String>,
    pub(super) name_kk: Option<String>,
    pub(super) name_ru: Option<String>,
    pub(super) name_en: Option<String>,
    pub(super) bin: Option<String>,
    sites: Option<Vec<String>>,
    contact_email: Option<String>,
    contact_phone: Option<String>,
    address_kk: Option<String>,
    evidence: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "named so that a misspelt key is a mistake; read by people"
)]
pub(super) struct Approved {
    pub(super) categories: Vec<Spanned<String>>,
    text_kk: Option<String>,
    text_kk_normalised: Option<String>,
    note: Option<String>,
    evidence: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "named so that a misspelt key is a mistake; read by people"
)]
pub(super) struct SubjectGroup {
    pub(super) id: Spanned<String>,
    pub(super) text_kk: Option<String>,
    pub(super) text_ru: Option<String>,
    pub(super) text_en: Option<String>,
    note: Option<String>,
    evidence: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "named so that a misspelt key is a mistake; read by people"
)]
pub(super) struct CategoryItem {
    pub(super) categories: Vec<Spanned<String>>,
    text_kk: Option<String>,
    text_kk_normalised: Option<String>,
    clause: Option<String>,
    note: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "named so that a misspelt key is a mistake; read by people"
)]
pub(super) struct Purpose {
    pub(super) id: Spanned<String>,
    pub(super) number: Option<u32>,
    pub(super) label_kk: Option<String>,
    label_kk_normalised: Option<String>,
    pub(super) label_ru: Option<String>,
    pub(super) label_en: Option<String>,
    text_kk: Option<String>,
    pub(super) subjects: Vec<Spanned<String>>,
    subjects_note: Option<String>,
    pub(super) categories: Vec<Spanned<String>>,
    categories_kk: Option<Vec<String>>,
    declared_anonymous: Option<Vec<Spanned<String>>>,
    pub(super) third_parties: Option<Vec<String>>,
    pub(super) third_parties_inferred: Option<Vec<String>>,
    pub(super) collection_kk: Option<String>,
    pub(super) collection_ru: Option<String>,
    pub(super) collection_en: Option<String>,
    pub(super) publication_kk: Option<String>,
    pub(super) publication_ru: Option<String>,
    pub(super) publication_en: Option<String>,
    pub(super) legal_basis: Vec<String>,
    legal_basis_evidence: Option<String>,
    evidence: Option<String>,
    note: Option<String>,
    pub(super) anonymise_before_transfer: Option<bool>,
    pub(super) retention: Option<Retention>,
    pub(super) deletion: Option<Deletion>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "named so that a misspelt key is a mistake; read by people"
)]
pub(super) struct Retention {
    pub(super) mode: Spanned<String>,
    pub(super) event: Option<String>,
    pub(super) and_also_event: Option<String>,
    pub(super) years: Option<u32>,
    pub(super) ends_also_on: Option<Vec<String>>,
    pub(super) computable: Option<bool>,
    pub(super) statutory_basis: Option<Vec<String>>,
    pub(super) statutory_basis_kk: Option<String>,
    text_kk: Option<String>,
    note: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "named so that a misspelt key is a mistake; read by people"
)]
pub(super) struct Deletion {
    pub(super) criterion_kk: Option<String>,
    pub(super) criterion_ru: Option<String>,
    pub(super) criterion_en: Option<String>,
    pub(super) actions: Option<Vec<String>>,
    evidence: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "named so that a misspelt key is a mistake; read by people"
)]
pub(super) struct ThirdParty {
    pub(super) id: Spanned<String>,
    pub(super) name: Option<String>,
    pub(super) name_en: Option<String>,
    pub(super) name_ru: Option<String>,
    pub(super) name_kk: Option<String>,
    pub(super) role: Option<String>,
    purpose_kk: Option<String>,
    purpose_en: Option<String>,
    condition_kk: Option<String>,
    conditions_en: Option<String>,
    pub(super) country: Option<String>,
    text_kk: Option<String>,
    text_kk_normalised: Option<String>,
    pub(super) cross_border: Option<toml::Value>,
    evidence: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "named so that a misspelt key is a mistake; read by people"
)]
pub(super) struct Prohibition {
    pub(super) id: Spanned<String>,
    #[serde(default)]
    pub(super) categories: Vec<Spanned<String>>,
    text_kk: Option<String>,
    text_kk_normalised: Option<String>,
    pub(super) text_en: Option<String>,
    exception_en: Option<String>,
    tool_effect: Option<String>,
    evidence: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "named so that a misspelt key is a mistake; read by people"
)]
pub(super) struct Conflict {
    pub(super) id: Spanned<String>,
    #[serde(rename = "where")]
    pub(super) place: Option<String>,
    #[serde(default)]
    pub(super) purposes: Vec<Spanned<String>>,
    text_kk: Option<String>,
    text_kk_normalised: Option<String>,
    pub(super) explanation_en: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "named so that a misspelt key is a mistake; read by people"
)]
pub(super) struct NamedNotApproved {
    pub(super) categories: Vec<Spanned<String>>,
    reason: Option<String>,
    evidence: Option<String>,
}

/// Ties tables to purposes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Dataset {
    pub(super) id: Spanned<String>,
    pub(super) sources: Spanned<Vec<Spanned<String>>>,
    pub(super) purposes: Spanned<Vec<Spanned<String>>>,
    #[serde(default)]
    pub(super) subject: Vec<String>,
    #[serde(default)]
    pub(super) events: BTreeMap<Spanned<String>, Spanned<String>>,
    pub(super) expired: Option<Spanned<String>>,
    pub(super) excess: Option<Spanned<String>>,
    pub(super) blocked: Option<PathBuf>,
    pub(super) date_order: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) link_groups: Vec<Spanned<Vec<String>>>,
    #[serde(default)]
    pub(super) term: Vec<DatasetTerm>,
    #[serde(default)]
    pub(super) column: Vec<DatasetColumn>,
    #[serde(default)]
    pub(super) hold: Vec<DatasetHold>,
}

/// A decision where the policy gives no date or contradicts itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DatasetTerm {
    pub(super) purpose: Spanned<String>,
    pub(super) years: Option<u32>,
    pub(super) months: Option<u32>,
    pub(super) days: Option<u32>,
    pub(super) event: Option<Spanned<String>>,
    pub(super) and_also_event: Option<Spanned<String>>,
    pub(super) ends_also_on: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    pub(super) settles: Vec<Spanned<String>>,
    pub(super) decided_by: Spanned<String>,
    pub(super) reason: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DatasetColumn {
    pub(super) path: Spanned<String>,
    pub(super) category: Option<Spanned<String>>,
    pub(super) purposes: Option<Vec<Spanned<String>>>,
    pub(super) action: Option<Spanned<String>>,
    pub(super) method: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DatasetHold {
    pub(super) id: Spanned<String>,
    pub(super) reason: Spanned<String>,
    pub(super) until: Option<Spanned<toml::value::Datetime>>,
    pub(super) subjects: Option<PathBuf>,
}
