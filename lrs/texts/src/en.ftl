# What people read in English: how refusals are put together, and the pages for people in a room. Rules and
# remedies in English stand where the rules are: in the validator and beside the code that refuses.

statement-at = Statement { $position } ({ $subject }): { $text }
statement-at-unnamed = Statement { $position }: { $text }
and-others = { $text } ({ $count } more)
subject-verb = verb { $id }
subject-object = object { $id }
subject-actor = actor { $id }

## The page on which people check themselves in to a session, and the sheet with its code

check-in-title = Register your presence
check-in-language = English
check-in-code = Code shown in the room
check-in-learner = Mail address or id
check-in-send = Register
check-in-wrong-code = No session of today has this code: check it again.
check-in-wrong-day = This code is valid on { $day } alone.
check-in-wrong-learner = Nobody enrolled in the course has this address or id: check it again.
check-in-taken = Your presence is registered
check-in-known = Your presence was registered already
check-in-another = Register somebody else
check-in-person = Person
check-in-course = Course
check-in-event = Event
check-in-when = When
check-in-where = Where
check-in-no-course = There is no course “{ $course }”
check-in-look-again = Check the address, or scan the QR code shown in the room again.
check-in-sheet = Register your presence
check-in-sheet-how = Scan the QR code, or open this address and enter the code:
check-in-sheet-day = The code is valid on { $day } alone.
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
