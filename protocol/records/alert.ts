import { type Static, Type } from 'typebox';
import { CONVERSATION, Constant, EVERY_RECORD } from './common.js';
import { Float, Instant, Integer, Keyword, Keywords, Text } from './field-types.js';

const opt = Type.Optional;

/** Something that a person should look at. The message says what is wrong and what to do next. */
export const AlertRecord = Type.Object({
  ...EVERY_RECORD,
  ...CONVERSATION,
  'event.kind': Constant('alert', 'ECS kind.'),
  'event.dataset': Constant('alert', 'Record kind.'),
  'event.severity': Integer('0 to 100.'),
  message: Text('One line for a person.'),
  'hinomi.message_ja': Text('The same line in Japanese.'),
  'rule.id': Keyword('What was watched for; stays the same over versions.'),
  'rule.name': Keyword('The rule in a few words.'),
  'threat.technique.id': opt(Keywords('MITRE ATT&CK techniques.')),
  'hinomi.alert.state': opt(Keyword('raised, repeated while it lasts, recovered.')),
  'hinomi.alert.since': opt(Instant('When it began.')),
  'hinomi.alert.value': opt(Float('What was measured.')),
  'hinomi.alert.usual': opt(Float('What is usual here.')),
  'hinomi.alert.subject': opt(Keyword('What it is about, where a rule watches several things.')),
});
export type AlertRecord = Static<typeof AlertRecord>;
