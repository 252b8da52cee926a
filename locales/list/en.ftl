# The approved list as an operator signs it. The same keys and variables in every language.

form-title = Approved list of personal data
form-own = Form of iesiz; it is not one that an act prescribes
form-operator = Operator: { $name }
form-bin = Business identification number: { $bin }
form-list = List: { $id }, { $hash }
form-laws = Columns follow from: Law 94-V of 21.05.2013, art. 8(4), 24(1)(1), 25(2)(1); Order 395/НҚ of 21.10.2020, rules 5, 15, 17

head-number = No.
head-category = Category of data
head-purpose = Purpose
head-subjects = Subject group
head-collection = Source and way of collection
head-basis = Legal basis
head-term = Storage term and its start event
head-end = Action at the end
head-parties = Third parties
head-abroad = Cross-border transfer
head-publication = Publication

same-as = as in No. { $number }
not-stated = not stated
list-from-parties = also from third parties: { $list }
term-years = { $years ->
    [one] one year
   *[other] { $years } years
}
term-months = { $months ->
    [one] one month
   *[other] { $months } months
}
term-days = { $days ->
    [one] one day
   *[other] { $days } days
}
term-after = { $length } from: { $event }
term-until = until: { $event }
term-and-also = and only once this has happened: { $event }
term-early = at once on: { $events }
term-by = by: { $acts }
term-decided = decided by { $by }: { $reason }
term-contradicts = to be decided, the list contradicts itself: { $ids }
term-no-date = to be decided, no date follows from the list alone
term-no-column = no table holds the date of: { $event }
end-destroy = destruction
end-anonymise = anonymisation
abroad-yes = yes: { $list }
abroad-no = no
abroad-conditional = under the conditions of the policy
anonymised-before = anonymised before it is passed on

event-contract_termination = end of the contract
event-transaction = the transaction
event-purpose_achieved = the purpose is achieved
event-consent_withdrawn = consent is withdrawn
event-consent_expired = consent has expired
event-contract_term_expired = the contract has expired
event-term_set_by_law_expired = the term set by law has expired
event-unlawful_processing_found = unlawful processing is found
event-consent_withdrawn_after_all_loan_obligations_performed = consent is withdrawn after all duties of the loan are performed

sign-approved = Approved by
sign-responsible = Person responsible for the processing of personal data
sign-position = position
sign-name = full name
sign-signature = signature
sign-date = date
