# The answer to a person who asks what is held of them. The same keys and variables in every language.

title = { $operator }: answer to a subject of personal data
law = Given under art. 24(1)(1) of Law of the Republic of Kazakhstan 94-V of 21.05.2013 on personal data and their protection (the Law), and rule 15 of the Rules approved by Order 395/НҚ of 21.10.2020 (the Rules).
by = You asked on { $received }; the answer is due by { $day }: three working days (rule 16).
unmoved = Days off that were moved in that year are not counted in this.
yes = Personal data of yours is held { $tables ->
    [one] in one table
   *[other] in { $tables } tables
}. It was looked for by { $identifiers ->
    [one] one identifier
   *[other] { $identifiers } identifiers
}.
no = No personal data of yours was found in the tables that were looked into. It was looked for by { $identifiers ->
    [one] one identifier
   *[other] { $identifiers } identifiers
}.
table = { $source }{ $dataset ->
    [none] { "" }
   *[other] { " " }(dataset { $dataset })
}: { $rows ->
    [one] one row about you
   *[other] { $rows } rows about you
}
unplaced = { $code ->
    [undecided-term] The operator has not set yet how long this data is stored. By art. 12(2) of the Law the term ends when the purposes of collection and processing are achieved, unless legislation of the Republic of Kazakhstan provides otherwise.
   *[other] This table is not tied to a purpose of the operator's approved list, so that no purposes and terms are given for it. The operator looks at it separately.
}
blocked = { $blocked ->
    [one] one row is blocked: actions with it are suspended
   *[other] { $blocked } rows are blocked: actions with them are suspended
}
held = { $held ->
    [one] one row may not be destroyed: it is under a legal hold
   *[other] { $held } rows may not be destroyed: they are under a legal hold
}
no-category = no personal data by itself
column = { $column }: { $category }; { $filled ->
    [one] one filled cell
   *[other] { $filled } filled cells
}
needed = needed for: { $purposes }
unneeded = no purpose of the approved list needs this data, or its purpose is not settled yet
third = by the list such data comes from third parties
mentions = { $count ->
    [one] one text names you
   *[other] { $count } texts name you
}
elsewhere = { $elsewhere ->
    [one] one cell is in a row that is not known to be about you
   *[other] { $elsewhere } cells are in rows that are not known to be about you
}: destroying the rows about you does not extend to this
purpose = Purpose: { $label }
basis = legal basis: { $basis }
collection = source and way of collection: { $collection }
term = storage term: { $term }
undecided = The operator has not set a storage term for this purpose. By art. 12(2) of the Law the term ends when the purposes of collection and processing are achieved, unless legislation of the Republic of Kazakhstan provides otherwise.
ends = the term ends on { $last }
ends-between = the terms end between { $first } and { $last }
open = { $open ->
    [one] for one row the last day is not known yet
   *[other] for { $open } rows the last day is not known yet
}
ended = { $ended ->
    [one] for one row the term is over
   *[other] for { $ended } rows the term is over
}
deletion = at the end of the term, by the list: { $deletion }
parties = passed to third parties: { $parties }
anonymised = a row that no purpose needs any more is anonymised
destroyed = a row that no purpose needs any more is destroyed
origin = Sources and ways of collection
ways = The data is held in the tables named above. Sources and ways of collection that are not given above the operator tells in addition.
failed = { $source } could not be looked into ({ $code })
