//! Flags of privacy models.

use super::args::{DiversityArg, Grouped, Grouping, ModelArg};
use crate::error::{Error, Result};
use crate::privacy::{Asked, Diversity, Model, Privacy};

impl Grouping {
    /// What groups must have, and what they are made of.
    pub(super) fn asked(&self) -> Result<Asked> {
        Ok(Asked {
            quasi: self.quasi.clone(),
            sensitive: self.sensitive.clone(),
            privacy: sound(self.privacy())?,
        })
    }

    fn privacy(&self) -> Privacy {
        Privacy {
            k: self.k,
            l: self.l,
            t: self.t,
            diversity: match self.diversity {
                DiversityArg::Distinct => Diversity::Distinct,
                DiversityArg::Entropy => Diversity::Entropy,
            },
            ..Privacy::default()
        }
    }
}

impl Grouped {
    /// What groups must have, and what they are made of; `None` when there are to be none.
    pub(super) fn asked(&self) -> Result<Option<Asked>> {
        let privacy = Privacy {
            model: match self.model {
                ModelArg::Mondrian => Model::Mondrian,
                ModelArg::FullDomain => Model::FullDomain,
            },
            suppression: self.suppression,
            ..self.grouping.privacy()
        };
        let asked = Asked {
            privacy: sound(privacy)?,
            ..self.grouping.asked()?
        };
        let is_named = !asked.quasi.is_empty() || !asked.sensitive.is_empty();
        if asked.privacy.k == 1 && is_named {
            return Err(Error::Invalid {
                place: "--k 1".to_owned(),
                report: "without groups no column is named for them".to_owned(),
            });
        }
        Ok(Some(asked).filter(|asked| asked.privacy.k > 1))
    }
}

fn sound(privacy: Privacy) -> Result<Privacy> {
    let is_of_file = |what: &&str| privacy.k > 1 || !what.starts_with("`k`");
    let complaints: Vec<&str> = privacy
        .complaints()
        .into_iter()
        .filter(is_of_file)
        .collect();
    if complaints.is_empty() {
        Ok(privacy)
    } else {
        Err(Error::Invalid {
            place: "the privacy model".to_owned(),
            report: complaints.join("; "),
        })
    }
}
