import type { CommandView } from '../../../protocol/api/remote.js';
import { argsText, badgeOf, isOpen, nextStep, resultLines, whoText } from './command-words.js';
import { bytesText, dayClockText, harmless } from './format.js';
import { remoteApi } from './remote-api.js';
import { useTexts } from './texts.js';

/** What was asked of a site's box and what became of it, newest first. */
export function CommandTable({ commands }: { commands: readonly CommandView[] }) {
  const { remote } = useTexts();
  if (commands.length === 0) return <p className="empty">{remote.none}</p>;
  return (
    <div className="scroll">
      <table className="cards">
        <thead>
          <tr>
            <th>{remote.at}</th>
            <th>{remote.command}</th>
            <th>{remote.who}</th>
            <th>{remote.state}</th>
            <th>{remote.result}</th>
          </tr>
        </thead>
        <tbody>
          {commands.map((command) => (
            <Row key={command.id} command={command} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ command }: { command: CommandView }) {
  const texts = useTexts();
  const { remote } = texts;
  const { name, issued, by, reason, state } = command;
  const args = argsText(command, texts);
  return (
    <tr>
      <td className="when" title={new Date(issued).toLocaleString()}>
        {dayClockText(Date.parse(issued), Date.now())}
      </td>
      <td>
        {remote.names[name] ?? harmless(name)}
        {args !== '' && <small className="block">{args}</small>}
      </td>
      <td>
        {whoText(by, remote)}
        {reason !== undefined && <small className="block">{harmless(reason)}</small>}
      </td>
      <td className="state">
        <span className={badgeOf(state)} title={new Date(command.changed).toLocaleString()}>
          {remote.states[state] ?? state}
        </span>
        {isOpen(command) && <small className="block">{remote.until(new Date(command.expires).toLocaleString())}</small>}
      </td>
      <td className="result">
        <Result command={command} />
      </td>
    </tr>
  );
}

function Result({ command }: { command: CommandView }) {
  const texts = useTexts();
  const { remote } = texts;
  const { id, site, name, state, code, message, file } = command;
  const step = nextStep(command, texts);
  const isGone = file === undefined && state === 'done' && (name === 'capture' || name === 'diagnostics');
  return (
    <>
      {step !== undefined && <p>{step}</p>}
      {code !== undefined && (
        <code className="said">
          {code}: {harmless(message ?? '')}
        </code>
      )}
      {resultLines(command, texts).map((line) => (
        <p key={line}>{line}</p>
      ))}
      {file !== undefined && (
        <a className="button" href={remoteApi.resultUrl(site, id)} download={file.name} title={file.name}>
          {remote.download(bytesText(file.bytes))}
        </a>
      )}
      {isGone && <p className="hint">{remote.gone}</p>}
    </>
  );
}
