import type { SiteConfigVersion } from '../../../protocol/api/remote.js';
import { whoText } from './command-words.js';
import { SettingList } from './setting-list.js';
import { useTexts } from './texts.js';

interface Props {
  /** Newest first. */
  versions: readonly SiteConfigVersion[];
  /** Which the box says that it runs with. */
  running: number | undefined;
  onTakeBack: ((version: SiteConfigVersion) => void) | undefined;
}

/** Every version of a site's settings, and the way back to it. */
export function ConfigHistory({ versions, running, onTakeBack }: Props) {
  const { access, remote } = useTexts();
  return (
    <>
      <h3>{remote.history}</h3>
      <div className="scroll">
        <table className="cards">
          <thead>
            <tr>
              <th>{remote.versionHead}</th>
              <th>{remote.at}</th>
              <th>{access.who}</th>
              <th>{remote.changes}</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {versions.map((each, index) => (
              <tr key={each.version}>
                <td className="when">
                  {`${each.version} `}
                  {index === 0 && <span className="badge">{remote.isCurrent}</span>}
                  {each.version === running && <span className="badge good">{remote.isRunning}</span>}
                </td>
                <td className="when">{new Date(each.at).toLocaleString()}</td>
                <td>{whoText(each.by, remote)}</td>
                <td>
                  <SettingList settings={each.settings} />
                </td>
                <td className="acts">
                  {onTakeBack !== undefined && index > 0 && (
                    <button type="button" onClick={() => onTakeBack(each)}>
                      {remote.takeBack(each.version)}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
