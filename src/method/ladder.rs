//! Steps.
/// One step.
pub(crate) struct Step {
    /// Rewrites a value.
    pub(crate) rule: fn(&str) -> Option<String>,
}
/// Steps of a category.
pub(crate) fn ladder(_category: Option<&str>) -> &'static [Step] {
    &[]
}
