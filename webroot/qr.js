import qrcode from './vendor/qrcode.js';

const SVG = 'http://www.w3.org/2000/svg';
const BORDER = 4;

/** Draws a text as a QR code, dark on light whatever the colours of the page are: a camera looks for that. */
export function drawCode(place, text) {
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const size = code.getModuleCount();
  let path = '';
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      if (code.isDark(row, column)) path += `M${column} ${row}h1v1h-1z`;
    }
  }
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `${-BORDER} ${-BORDER} ${size + 2 * BORDER} ${size + 2 * BORDER}`);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', `QR code of ${text}`);
  const drawn = document.createElementNS(SVG, 'path');
  drawn.setAttribute('d', path);
  svg.append(drawn);
  place.replaceChildren(svg);
}
