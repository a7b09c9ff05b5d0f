import type { KatexOptions } from 'katex';

/**
 * The formulas that stand on lines of their own, the same in every language. `\uu`, `\cc`, `\pp` and
 * `\gg` give what they enclose the colour of its curve: what is unconditional, conditional, the
 * classifier's and guided.
 */
export const FORMULAS = {
  noising: String.raw`x = x_0 + \sigma\,n, \qquad n \sim \mathcal N(0, I)`,
  denoiser: String.raw`D(x;\sigma) = \mathbb E\,[\,x_0 \mid x\,], \qquad \varepsilon = \frac{x - D(x;\sigma)}{\sigma}`,
  score: String.raw`\nabla_{\!x} \log p(x;\sigma) \;=\; \frac{D(x;\sigma) - x}{\sigma^2} \;=\; -\frac{\varepsilon}{\sigma}`,
  ode: String.raw`\frac{\mathrm dx}{\mathrm d\sigma} \;=\; \frac{x - D(x;\sigma)}{\sigma} \;=\; \varepsilon`,
  bayes: String.raw`\cc{p(x \mid c)} \;=\; \frac{\uu{p(x)}\;\pp{p(c \mid x)}}{p(c)}`,
  bayesScore: String.raw`\cc{\nabla \log p(x \mid c)} \;=\; \uu{\nabla \log p(x)} + \pp{\nabla \log p(c \mid x)}`,
  classifierGuidance: String.raw`\gg{\tilde\varepsilon} \;=\; \cc{\varepsilon_c} - w\,\sigma\,\pp{\nabla_{\!x} \log p(c \mid x)}`,
  sharpened: String.raw`\gg{\tilde p_w(x \mid c)} \;\propto\; \cc{p(x \mid c)}\;\pp{p(c \mid x)^{w}}`,
  implicitRatio: String.raw`\pp{p(c \mid x)} \;\propto\; \frac{\cc{p(x \mid c)}}{\uu{p(x)}}`,
  implicit: String.raw`\pp{\nabla_{\!x} \log p(c \mid x)} \;=\; -\frac{\cc{\varepsilon_c} - \uu{\varepsilon_u}}{\sigma}`,
  dropped: String.raw`\bigl\lVert\, \varepsilon_\theta(x, \sigma, \hat c) - n \,\bigr\rVert^2, \qquad \hat c = \begin{cases} \varnothing & p_{\mathrm{uncond}} \\ c & 1 - p_{\mathrm{uncond}} \end{cases}`,
  total: String.raw`\uu{D_u(x)} \;=\; \sum_{c}\, \pp{p(c \mid x)}\;\cc{D_c(x)}`,
  cfg: String.raw`\gg{\tilde\varepsilon} \;=\; (1 + w)\,\cc{\varepsilon_c} - w\,\uu{\varepsilon_u}`,
  cfgScale: String.raw`\gg{\tilde\varepsilon} \;=\; \uu{\varepsilon_u} + s\,(\cc{\varepsilon_c} - \uu{\varepsilon_u}), \qquad s = 1 + w`,
  interval: String.raw`s(\sigma) \;=\; \begin{cases} s & \sigma_{\mathrm{lo}} < \sigma \le \sigma_{\mathrm{hi}} \\ 1 & \sigma \le \sigma_{\mathrm{lo}} \ \ \lor\ \ \sigma > \sigma_{\mathrm{hi}} \end{cases}`,
  textStates: String.raw`\begin{gathered} \text{prompt} \;\longrightarrow\; w_1, \dots, w_T \;\longrightarrow\; h_1, \dots, h_T \\ c = (h_1, \dots, h_T), \qquad h_i \in \mathbb R^{384} \end{gathered}`,
  crossAttention: String.raw`\begin{gathered} \operatorname{softmax}\!\left(\frac{Q K^{\top}}{\sqrt d}\right) V \\ Q = z\,W_Q, \quad K = c\,W_K, \quad V = c\,W_V \end{gathered}`,
  cascade: String.raw`p(x \mid c) \;=\; \int p(y \mid c)\; p(x \mid y, c)\;\mathrm dy`,
  cfgOfStage: String.raw`\gg{\tilde D} \;=\; \uu{D(x; y, \varnothing)} + s\,\bigl(\cc{D(x; y, c)} - \uu{D(x; y, \varnothing)}\bigr)`,
  augmentation: String.raw`\tilde y = \cos\!\left(\tfrac{\pi a}{2}\right) y + \sin\!\left(\tfrac{\pi a}{2}\right) n, \quad n \sim \mathcal N(0, I)`,
  threshold: String.raw`\begin{gathered} \hat x_0 \;\leftarrow\; \frac{\min(\max(\hat x_0, -t),\, t)}{t} \\ t = \max\bigl(1,\; P_p(|\hat x_0|)\bigr) \end{gathered}`,
  noDensity: String.raw`\begin{aligned} &\bigl[\,p(x)\;p(c \mid x)^{s}\,\bigr] * \mathcal N(0, \sigma^2) \\ \not\propto\;\; &p(x;\sigma)\;p(c \mid x;\sigma)^{s} \end{aligned}`,
} as const;
export type FormulaId = keyof typeof FORMULAS;

const coloured = (name: string) => String.raw`\htmlClass{ink-${name}}{#1}`;

/** A formula that cannot be set is an error, here and in the tests. */
export const KATEX_OPTIONS: KatexOptions = {
  throwOnError: true,
  strict: (code: string) => (code === 'htmlExtension' ? 'ignore' : 'error'),
  trust: ({ command }) => command === '\\htmlClass',
  macros: {
    '\\uu': coloured('uncond'),
    '\\cc': coloured('cond'),
    '\\pp': coloured('classifier'),
    '\\gg': coloured('guided'),
  },
};
