# Texts of reports. Keys by area; plurals by Fluent. Codes and ids are never translated.

table-read = { $source }: { $rows ->
    [one] one row
   *[other] { $rows } rows
}, { $format }
table-sampled = only { $rows } of { $all } rows drawn at random were looked at: what { $share } % of the rows hold, or more, was met with 95 % certainty
table-read-csv = { $source }: { $rows ->
    [one] one row
   *[other] { $rows } rows
}, { $encoding }, { $delimiter } between cells, { $header ->
    [yes] with a header
   *[no] without a header
}
table-unread = { $source }: NOT READ, nothing is said of it
table-clean-columns = { $count ->
    [one] one more column holds no personal data
   *[other] { $count } more columns hold no personal data
}
table-all-clean = no column holds personal data

delimiter-comma = comma
delimiter-semicolon = semicolon
delimiter-tab = tab
delimiter-pipe = vertical bar

column-head-path = COLUMN
column-head-category = IS
column-head-verdict = VERDICT
column-head-reason = WHY
column-head-done = BECOMES
column-claims = (its name says { $category })
column-also = also in its cells: { $list }

verdict-clean = clean
verdict-approved = approved
verdict-review = review
verdict-excess = EXCESS
verdict-prohibited = PROHIBITED
verdict-unread = UNREAD

reason-no-personal-data = no personal data
reason-not-personal = names no person
reason-on-list = on the list
reason-parent-on-list = covered by the list
reason-other-purpose = listed, but not for this purpose
reason-named-not-approved = named as not approved
reason-not-on-list = on no list
reason-no-policy = no policy given
reason-prohibited = the policy forbids it
reason-thin-evidence = evidence too thin
reason-unreadable = cells cannot be read
reason-anonymized = marks and tokens of an earlier run

action-keep = kept
action-drop = dropped
action-redact = redacted
action-generalize = generalised
action-token = token
action-scrub = scrubbed
action-fake = made up
action-shuffle = shuffled
action-noise = blurred
action-date-shift = moved in time
action-microaggregate = group mean

problem-short-record = records with fewer cells than the header (the missing ones are empty): { $count }
problem-long-record = records with more cells than the header (the extra ones are in columns overflow_1 and so on): { $count }
problem-malformed-text = cells that are not valid text in this encoding (name the right one with --encoding): { $count }
problem-binary-not-text = binary cells that are no text, judged by their column's name only: { $count }
problem-header-denied = columns that hold something else than their name says: { $count }
problem-rounded-number = numbers whose last digits a spreadsheet has rounded away: { $count }
problem-not-looked-into = pictures, objects or other parts of the file that cannot be looked into: { $count }
problem-deleted-record = records that were deleted and are still in the file (looked at like all others): { $count }

summary-scan = { $tables ->
    [one] One table
   *[other] { $tables } tables
}, { $rows } rows. Columns: { $prohibited } prohibited, { $excess } excess, { $review } to review, { $approved } approved, { $clean } clean. Tables not read: { $unread }.
summary-ignored = { $count ->
    [one] One file in the folder is no table and was passed over.
   *[other] { $count } files in the folder are no tables and were passed over.
}
summary-again = { $count ->
    [one] One file was met a second time, under another name or through a link: it is one table.
   *[other] { $count } files were met again, under other names or through links: each is one table.
}
summary-approved-not-found = Approved, but found in no column (the list may shrink): { $list }
summary-policy = Judged by the list of { $operator } for { $purpose }.
summary-policy-any = Judged by the list of { $operator }, for any purpose.
summary-no-policy = Judged without a policy: no personal data is approved.

done-published = written: { $path }, { $rows } rows
done-groups = { "  " }{ $groups ->
    [one] one group
   *[other] { $groups } groups
} of rows alike in what others may know, the smallest of { $k }; rows suppressed: { $suppressed }
done-blocked = { "  " }{ $count ->
    [one] one row of a blocked person was left out
   *[other] { $count } rows of blocked people were left out
}
done-broken = NOT WRITTEN: an attack recovered originals from { $table }
done-failed = NOT WRITTEN: { $message }
done-stale = { "  " }! { $path } is of an earlier run and still there: remove it
done-skipped = NOT WRITTEN: { $table } could not be read
verify-files-unseen = the files that { $count ->
    [one] one table
   *[other] { $count } tables
} of databases lie in were not looked into: they are elsewhere, not readable by this user, or not told apart by table (docs/SOURCES.md)
attacks-head = Attacks on what was written:
attack-line = { $attack }: { $outcome }{ $tried ->
    [0] { "" }
   *[other] , { $tried } tried
}
attack-broken-line = { "  " }{ $path ->
    [none] in bytes outside the cells
   *[other] column { $path }
}: { $count } values{ $hidden ->
    [none] { "" }
   *[other] , hidden as { $hidden }
}{ $known ->
    [none] { "" }
   *[other] , known from { $known }
}
attack-covered = { "  " }{ $percent } % of the search space was covered; --effort sets the seconds
attack-expected = { "  " }one try in { $expected } finds a value, were they hashes of identifiers
attack-rates = { "  " }rate { $attack } %, control { $control } %, risk { $risk } % ({ $low } to { $high } %)
attack-residue-in-cells = originals in cells
attack-residue-in-bytes = originals in bytes
attack-enumeration = hashes undone by trying every identifier
attack-positions = characters of identifiers exchanged or moved
attack-order = rewritten values in the order of the originals
attack-length = rewritten values as long as the originals
attack-frequency = tokens told apart by how often they occur
attack-empty-cells = rows told apart by their empty cells
attack-linkage = rows found by what is known of a person
attack-singling-out = rows that no other is like
attack-inference = sensitive values guessed from what is known
attack-derived = parts of originals in other cells
attack-salted-hashes = salted hashes undone row by row
attack-names = originals in names of files and columns
attack-plain-sight = personal data in plain sight
attack-groups = rows that too few others are like
outcome-held = held
outcome-broken = BROKEN
outcome-not-applicable = nothing to attack

changed-nothing = not changed: { $table }, nothing in it had to be
changed-table = changed: { $table }, { $changed } of { $rows } rows
changed-broken = NOT CHANGED: an attack recovered originals from { $table }; its whole database is as it was
changed-failed = NOT CHANGED: { $message }
left-dead-rows = { $database } still holds old versions of rows in the files of its tables: --clean-up, or VACUUM FULL, removes them.
left-seen-rows = { $database } may still hold old versions of rows in the files of its tables: { $count } sessions or slots could look at them while files were written anew. End these, or ask as a user who may see them (pg_read_all_stats), then the same with --clean-up again.
left-statistics = { $database } still holds common values of columns in its statistics: --clean-up, or VACUUM (FULL, ANALYZE) and VACUUM FULL pg_statistic, removes them.
left-wal = { $database } still holds old values in its write-ahead log until the segments are removed (docs/SOURCES.md, "PostgreSQL: what destruction reaches").
left-replicas = { $database } has { $count } replicas: they follow, and their files hold old versions until they are cleaned up too.
left-slots = { $database } has { $count } replication slots, which keep the write-ahead log.
left-archives = { $database } archives its write-ahead log: the archive holds the old values.
left-gaps = { $database } still holds old values between the rows of its pages: --clean-up, or VACUUM, removes them.
left-free-pages = { $database } has { $count } free pages, which may still hold old values: --clean-up, or VACUUM, removes them.
left-log-beside = The write-ahead log beside { $database } still holds old pages ({ $count } bytes), because others use the file: run PRAGMA wal_checkpoint(TRUNCATE) when they do not.
left-journal-beside = The journal beside { $database } still holds old pages ({ $count } bytes): PRAGMA journal_mode = DELETE removes it.
left-table-files = The files of { $count } tables of { $database } may still hold old values between their rows: --clean-up, or ALTER TABLE … FORCE, removes them.
left-histograms = { $database } still holds values in { $count } histograms of its tables: --clean-up (MariaDB), or ANALYZE TABLE … DROP HISTOGRAM (MySQL), removes them.
left-binlog = { $database } has a binary log, which holds the old values until PURGE BINARY LOGS.
left-query-log = { $database } logs statements of its users: what they wrote is in these files.
left-undo = { $database } keeps old versions of rows in its undo, redo and temporary files until they are used again; restarting the server with innodb_fast_shutdown = 0 empties most of them (see docs/SOURCES.md).
left-disk = What { $database } was overwritten with is new; its disk may keep old blocks until they are used again (see docs/SOURCES.md).
left-backups = Dumps and backups of { $database } hold everything still.
honest-tokens = Columns of tokens are pseudonymous, not anonymous: within this run equal values have equal tokens. The key is gone.
honest-inputs = The inputs are as they were and still hold everything; so do their backups.
journal-head = Journal: { $path }, last line { $head }
own-files = Findings, plan, verification and journal: { $path }

journal-whole = { $path }: { $lines } lines hang together, last line { $head }
journal-open = { $path }: { $lines } lines hang together, but the last run has no end: it is under way, was interrupted, or its last lines were removed
journal-rerun-purge = To do: iesiz purge SOURCE… --policy FILE --confirm { $plan }, as before; it goes on where it was interrupted and ends the run
journal-rerun-erase = To do: iesiz subject erase SOURCE… --policy FILE --identifiers FILE --confirm { $plan }, as before; it goes on where it was interrupted and ends the run
journal-rerun-anonymize = To do: the same iesiz anonymize … -o { $output } again; it writes all tables anew and ends the run
journal-rerun-apply = To do: the same iesiz apply PLAN -o { $output } again; it writes all tables anew and ends the run
journal-rerun-in-place = To do: the same iesiz { $command } … --in-place again; a database that was not committed is as it was
journal-rerun = To do: the command that was interrupted again; the journal does not say which it was
journal-signed = Signed on { $time }: the signature is right and of the last line
journal-signed-before = Signed on { $time }: the signature is right, but of an earlier line; { $lines ->
    [one] one line was
   *[other] { $lines } lines were
} written since without a signature
journal-broken = BROKEN: { $error }. What follows is shown as it stands and cannot be trusted.
journal-said-started = { $about } began
journal-said-table = written
journal-said-changing = tables of { $about } about to be changed in place
journal-said-changed = changed in place
journal-said-skipped = NOT written ({ $code })
journal-said-planned = purge planned for { $about }: { $plan }
journal-said-blocked = people blocked in { $about }
journal-said-unblocked = people unblocked in { $about }
journal-said-replacing = about to be replaced, plan { $plan }
journal-said-replaced = replaced, plan { $plan }
journal-said-resumed = had been replaced by the run before, plan { $plan }
journal-said-manifested = noted to be erased again after a restore, plan { $plan }
journal-said-act = act on destruction { $about }
journal-said-read = { $about } { $code ->
    [none] read it
   *[other] did NOT read it ({ $code })
}, status { $status }
journal-said-run-began = { $about } began, with a journal of its own
journal-said-run-ended = { $about } ended, with a journal of its own: status { $status }
journal-said-finished = ended with status { $status }
journal-said-unknown = line { $line } cannot be understood

policy-sound = { $path }: { $operator }, { $purposes } purposes, { $categories } categories approved
policy-conflicts = It contradicts itself; a person has to settle:
policy-mistakes = Mistakes:
policy-unsettled = A person has to decide:
policy-notes = Good to know:
policy-laws = Acts were compared with what is known of them as of { $month }.
policy-drafted = Draft written to { $path }: { $count ->
    [one] one place is
   *[other] { $count } places are
} left for you to fill in; { $command } names them
remark-missing-file = dataset { $about } names a file that is not there: { $detail }
remark-unknown-method = { $about }: there is no method { $detail }
remark-placeholder = to be filled in: { $about }
remark-open-conflict = { $about }: { $detail }
remark-open-term = no term follows for { $about }: { $detail }
remark-forbidden-but-listed = both approved and forbidden, and so forbidden: { $about }
remark-purpose-beyond-list = listed for a purpose, but not in [approved]: { $detail } ({ $about })
remark-repealed-act = law no longer, cited in { $about }: { $detail }
remark-struck-rule = a rule that was struck out, cited in { $about }: { $detail }
remark-special-category = of a special kind: { $about } ({ $detail })
remark-listed-for-nothing = approved, but no purpose lists it: { $about }
remark-column-not-approved = { $about }: its category is not on the list of the purpose it names: { $detail }
remark-unknown-third-party = purpose { $about } names a third party that the list does not describe: { $detail }
remark-unverified-act = present state unverified: { $about }; { $detail }
answer-found-approved = Found and approved:
answer-found-not-approved = FOUND, NOT APPROVED:
answer-approved-not-found = Approved, found nowhere (the list may shrink):
answer-other-purpose = FOUND, APPROVED BUT NOT FOR THIS PURPOSE:
answer-past-term = FOUND PAST ITS TERM:
answer-unsure = PERHAPS PERSONAL DATA, a person should look:
answer-in-cells = in its cells
answer-forbidden = the policy forbids it
answer-rows = { $rows ->
    [one] one row
   *[other] { $rows } rows
}
answer-purposes = for { $list }
answer-untold = Of terms nothing is said: { $what }
policy-purpose = { $id }: { $label }
policy-purpose-terms = { "  " }stored { $retention }; basis: { $basis }
policy-purpose-categories = { "  " }approved: { $list }

plan-written = Plan for { $tables ->
    [one] one table
   *[other] { $tables } tables
} written to { $path }: read it, edit it, then: { $command }
pattern-sound = { $id }: sound, { $cost } ns a cell
pattern-unsound = { $id }: { $complaint }

explain-column = { $source } · { $path }: { $category }, { $bits } bits, confidence { $confidence } %
explain-nothing = no category
explain-cells = { $distinct } distinct values, { $nulls } empty cells, type { $type }
explain-prior = one column in 256 is of a given category
explain-header = the name
explain-values = the values do not bear the name out
explain-neighbours = what the other columns are about
explain-equipment = the name speaks of equipment: a person should look
explain-place = it stands beside a surname or a patronymic, where a given name stands
explain-model = the learnt model, before it sees anything
explain-model-header = the model, for the name
explain-model-values = the model, for words and shapes of a sample of the values
explain-model-evidence = the model, for patterns, neighbours and the sum without it
explain-pattern = { $hits } cells like { $pattern }
explain-sum = sum; from 1 on it is accepted, from -1 on a person should look
explain-also = also in its cells: { $category }, { $hits }
explain-claims = the name claims { $category }

purge-table = { $source } (dataset { $dataset }): { $rows ->
    [one] one row
   *[other] { $rows } rows
}
purge-nothing = nothing has run out
purge-destroyed = { $count ->
    [one] one row goes: no purpose needs it any more
   *[other] { $count } rows go: no purpose needs them any more
}
purge-anonymised = { $count ->
    [one] one row loses all that is personal: no purpose needs it any more
   *[other] { $count } rows lose all that is personal: no purpose needs it any more
}
purge-emptied = { $count ->
    [one] one cell of { $column } goes
   *[other] { $count } cells of { $column } go
} from rows that stay: no living purpose needs { $category }
purge-dropped = column { $column } goes: no purpose of the dataset approves { $category }
purge-blocked = { $count ->
    [one] one row of a blocked person: nothing happens to it
   *[other] { $count } rows of blocked people: nothing happens to them
}
purge-held = { $count ->
    [one] one row under a legal hold: nothing happens to it
   *[other] { $count } rows under a legal hold: nothing happens to them
}
purge-undated = { $count ->
    [one] one row without the date of an event: kept
   *[other] { $count } rows without the date of an event: kept
}
purge-unreadable = { $count ->
    [one] one row with a date that cannot be read, or in two ways: kept, somebody has to look at it
   *[other] { $count } rows with a date that cannot be read, or in two ways: kept, somebody has to look at them
}
purge-listed = look at { $records }{ $more ->
    [0] { "" }
   *[other] {" "}and { $more } more that the plan lists
} (data records counted from 1, without the header)
purge-to-review = column { $column } stays though it holds personal data that the list does not place: somebody has to look at it
purge-copies = { $count ->
    [one] a file beside it looks like a copy and keeps what is destroyed here: { $names }
   *[other] { $count } files beside it look like copies and keep what is destroyed here: { $names }
}
purge-alike = { $count ->
    [one] a table near it has the same subject columns and was not part of this run: { $names }
   *[other] { $count } tables near it have the same subject columns and were not part of this run: { $names }
}
purge-alike-partial = not all files near it were looked at: there are too many
purge-others = Not reached either: { $count ->
    [one] one table
   *[other] { $count } tables
} beside these that may hold the same people and were not part of this run.
purge-hard-links = { $count ->
    [one] the file has another name (a hard link) that keeps what is destroyed here
   *[other] the file has { $count } other names (hard links) that keep what is destroyed here
}
purge-planned = Plan of { $day }: { $hash }
    Kept in { $path }
    To do exactly this: the same command with --confirm { $hash } instead of --dry-run, and without --as-of and --ground
purge-plan-empty = Nothing has run out on { $day }.
purge-plan-unknown = Not every table could be judged, as the errors say: what has run out on { $day } in these is not known. In the others nothing has.
purge-done-unchanged = { $source }: nothing had run out
purge-done-before = { $source }: done already by an earlier run of this plan; nothing was changed now
purge-done = { $source }: replaced; { $destroyed ->
    [one] one row is
   *[other] { $destroyed } rows are
} destroyed, { $anonymised } anonymised, { $emptied } cells and { $dropped } columns of other rows are gone; { $blocked } rows of blocked people and { $held } under a hold were left alone
purge-done-in-database = { $source }: changed in place; { $destroyed ->
    [one] one row is
   *[other] { $destroyed } rows are
} destroyed, { $anonymised } anonymised, { $emptied } cells of other rows are gone; { $blocked } rows of blocked people and { $held } under a hold were left alone
purge-act = Act on destruction: { $path }
    To print it: { $command }
purge-not-reached = Not reached: backups, snapshots, replicas, copies elsewhere, and blocks of the disk that the old file had. On SSDs and file systems that copy on write nothing that overwrites a file would change that.

manifest-noted = Noted for erasing again after a restore: { $path } ({ $sha256 })
    It has { $entries ->
        [one] one entry
       *[other] { $entries } entries
    } of { $bits } bits and no identity. Of a million other rows { $expected } are taken for one of them by chance (rows * entries / 2^{ $bits }).
    Keep it, and apart from it its key, where no backup of the tables overwrites them.
reapply-nothing = nothing of it came back
reapply-destroyed = { $count ->
    [one] one row goes again
   *[other] { $count } rows go again
}
reapply-anonymised = { $count ->
    [one] one row loses all that is personal again
   *[other] { $count } rows lose all that is personal again
}
reapply-emptied = { $count ->
    [one] one cell of { $column } goes
   *[other] { $count } cells of { $column } go
} again ({ $category })
reapply-unsure = { $count ->
    [one] one row lacks a day, and other rows of the same person were destroyed: kept, somebody has to look at it
   *[other] { $count } rows lack a day, and other rows of the same people were destroyed: kept, somebody has to look at them
}
reapply-chance = The manifest has { $entries ->
    [one] one entry
   *[other] { $entries } entries
} of { $bits } bits: of { $rows ->
    [one] one row
   *[other] { $rows } rows
} { $expected } are taken for one of them by chance (rows * entries / 2^{ $bits }).
reapply-plan-empty = Nothing of what the manifest tells of came back.
reapply-done-unchanged = { $source }: nothing of it had come back

erase-nothing = nothing goes
erase-destroyed = { $count ->
    [one] one row of the person goes
   *[other] { $count } rows of the person go
}
erase-emptied = { $count ->
    [one] one cell of { $column } goes
   *[other] { $count } cells of { $column } go
} from rows that stay: no purpose that a law wants needs { $category }
erase-plan-empty = Nothing goes.
erase-done-unchanged = { $source }: nothing went
erase-refused = Refused in part. Consent cannot be withdrawn against the law or while an obligation is not fulfilled (Law 94-V art. 8(2)), and a law may set how long data is stored (art. 12(2)):
erase-refused-rows = { $source }: { $count ->
    [one] one row stays
   *[other] { $count } rows stay
} with what these purposes need
erase-required = { $purpose }, { $count ->
    [one] one row
   *[other] { $count } rows
}: stored { $term }; { $basis }
erase-refused-end = The person is told so, with these reasons, within three working days (Rules 395/НҚ r. 16).

subject-blocked = Blocked in { $datasets }: { $count ->
    [one] one identifier added
   *[other] { $count } identifiers added
}, { $total } on the list. From now on nothing happens to these people's rows
subject-unblocked = Unblocked in { $datasets }: { $count ->
    [one] one identifier removed
   *[other] { $count } identifiers removed
}, { $total } left on the list
subject-unknown-kind = iesiz: { $count ->
    [one] one identifier is
   *[other] { $count } identifiers are
} of no kind known by its form (an IIN with a wrong digit is none): looked for as written, and a mistake in writing finds nobody
subject-act-by = To be done by { $day }: one working day after { $received } (Law 94-V art. 25(2)(8))
subject-unmoved = — moved days off of that year are not known: look at its calendar.
