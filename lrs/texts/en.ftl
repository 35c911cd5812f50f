# How refusals are put together in English. Rules and remedies in English stand where the rules are:
# in the validator and beside the code that refuses.

statement-at = Statement { $position } ({ $subject }): { $text }
statement-at-unnamed = Statement { $position }: { $text }
and-others = { $text } ({ $count } more)
subject-verb = verb { $id }
subject-object = object { $id }
subject-actor = actor { $id }
