/** The fields of a flow that its application records carry. Strings are made when one is asked for. */
export interface ConversationFields {
  'source.ip': string;
  'source.port': number;
  'destination.ip': string;
  'destination.port': number;
  'network.transport': string;
  'network.community_id': string;
}

export interface Conversations {
  /** @param slot of a live flow */
  fieldsOf(slot: number): ConversationFields;
  sourcePort(slot: number): number;
  destinationPort(slot: number): number;
}
