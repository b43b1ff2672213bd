/** States of one endpoint and of the connection, with the names and meaning of Zeek's conn.log. */
export const TcpState = {
  Inactive: 0,
  Partial: 1,
  SynSent: 2,
  SynAckSent: 3,
  Established: 4,
  Closed: 5,
  Reset: 6,
} as const;
export type TcpState = (typeof TcpState)[keyof typeof TcpState];

/**
 * Zeek's conn_state of a TCP connection from the last states of its endpoints.
 * @param hadData whether either endpoint sent payload: a reset without any refused the connection
 */
export function connState(source: number, destination: number, hadData: boolean): string {
  const isSourceUnknown = source === TcpState.Inactive || source === TcpState.Partial;
  const isDestinationUnknown = destination === TcpState.Inactive || destination === TcpState.Partial;
  if (destination === TcpState.Reset) {
    const isRefused =
      source === TcpState.SynSent || source === TcpState.SynAckSent || (source === TcpState.Reset && !hadData);
    if (isRefused) return 'REJ';
    return isSourceUnknown ? 'RSTRH' : 'RSTR';
  }
  if (source === TcpState.Reset) return isDestinationUnknown ? 'RSTOS0' : 'RSTO';
  if (source === TcpState.Closed && destination === TcpState.Closed) return 'SF';
  if (source === TcpState.Closed) return isDestinationUnknown ? 'SH' : 'S2';
  if (destination === TcpState.Closed) return isSourceUnknown ? 'SHR' : 'S3';
  if (source === TcpState.SynSent && destination === TcpState.Inactive) return 'S0';
  if (source === TcpState.Established && destination === TcpState.Established) return 'S1';
  return 'OTH';
}

/** The same for UDP: who spoke. */
export function udpState(hasSource: boolean, hasDestination: boolean): string {
  if (hasSource) return hasDestination ? 'SF' : 'S0';
  return hasDestination ? 'SHR' : 'OTH';
}
