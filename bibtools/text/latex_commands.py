r"""Commands that stand for one character, in text and in formulas.

What `latex_symbols` writes is read back from the same table; the rest here is only read.
Sources: the LaTeX kernel, textcomp, TIPA, `The Comprehensive LaTeX Symbol List`.
"""

from __future__ import annotations

from bibtools.text.latex_symbols import COMMAND_LETTERS, MATH, TEXT_ALWAYS, TEXT_ASCII


def _pairs(table: str) -> dict[str, str]:
    words = table.split()
    return dict(zip(words[::2], words[1::2], strict=True))


def _written(command: str) -> str | None:
    name = command.strip("{}").removeprefix("\\")
    return name if command.lstrip("{").startswith("\\") and name.isalpha() else None


_PLANE = {
    name: char
    for table in (TEXT_ALWAYS, TEXT_ASCII)
    for char, command in reversed(table.items())
    if (name := _written(command)) is not None
}

TEXT_COMMANDS: dict[str, str] = {
    **_PLANE,
    **COMMAND_LETTERS,
    **_pairs(
        r"""
        aa å AA Å ae æ AE Æ oe œ OE Œ o ø O Ø l ł L Ł ss ß SS SS i ı j ȷ dh ð DH Ð th þ TH Þ
        thorn þ Thorn Þ eth ð dj đ DJ Đ ng ŋ NG Ŋ ij ij IJ IJ ohorn ơ OHORN Ơ uhorn ư UHORN Ư
        hyphen - slash / textslash /
        aleph ℵ textcrd đ textHbar Ħ textcrh ħ textkra ĸ textbarl ł textTstroke Ŧ texttstroke ŧ
        textcrb ƀ textBhook Ɓ textOopen Ɔ textChook Ƈ textchook ƈ texthtc ƈ textDafrican Ɖ
        textDhook Ɗ textEreversed Ǝ textrEreversed Ə textEopen Ɛ textFhook Ƒ textflorin ƒ
        textGammaafrican Ɣ texthvlig ƕ hv ƕ textIotaafrican Ɩ textKhook Ƙ textkhook ƙ texthtk ƙ
        textcrlambda ƛ textNhookleft Ɲ textPhook Ƥ textphook ƥ texthtp ƥ textEsh Ʃ ESH Ʃ
        textlooptoprevesh ƪ textlhookt ƫ textThook Ƭ textthook ƭ texthtt ƭ textTretroflexhook Ʈ
        textVhook Ʋ textYhook Ƴ textyhook ƴ textEzh Ʒ textdoublebarpipe ǂ textschwa ə
        textturna ɐ textscripta ɑ textturnscripta ɒ textbhook ɓ texthtb ɓ textopeno ɔ textoopen ɔ
        textctc ɕ textdtail ɖ textrtaild ɖ textdhook ɗ texthtd ɗ textreve ɘ textrhookschwa ɚ
        textniepsilon ɛ textepsilon ɛ textrevepsilon ɜ textrhookrevepsilon ɝ textcloserevepsilon ɞ
        textbardotlessj ɟ texthtg ɠ textscriptg ɡ textscg ɢ textgammalatinsmall ɣ textgamma ɣ
        textramshorns ɤ textturnh ɥ texthth ɦ texththeng ɧ textbari ɨ textiotalatin ɩ textiota ι
        textsci ɪ textltilde ɫ textbeltl ɬ textrtaill ɭ textlyoghlig ɮ textlyogh ɮ textturnm ɯ
        textturnmrleg ɰ textltailm ɱ textltailn ɲ textnhookleft ɲ textrtailn ɳ textscn ɴ textbaro ɵ
        textscoelig ɶ textcloseomega ɷ textphi ɸ textturnr ɹ textturnlonglegr ɺ textturnrrtail ɻ
        textlonglegr ɼ textrtailr ɽ textfishhookr ɾ textlhti ɿ textlhtlongi ɿ textscr ʀ textinvscr ʁ
        textrtails ʂ textesh ʃ texthtbardotlessj ʄ textraisevibyi ʅ textctesh ʆ textturnt ʇ
        textrtailt ʈ texttretroflexhook ʈ textbaru ʉ textupsilon ʊ textscriptv ʋ textvhook ʋ
        textturnv ʌ textturnw ʍ textturny ʎ textscy ʏ textrtailz ʐ textctz ʑ textezh ʒ textyogh ʒ
        textctyogh ʓ textglotstop ʔ textrevglotstop ʕ textinvglotstop ʖ textstretchc ʗ
        textbullseye ʘ textscb ʙ textcloseepsilon ʚ texthtscg ʛ textsch ʜ textctj ʝ textturnk ʞ
        textscl ʟ texthtq ʠ textbarglotstop ʡ textbarrevglotstop ʢ textdzlig ʣ textdyoghlig ʤ
        textdctzlig ʥ texttslig ʦ textteshlig ʧ texttesh ʧ texttctclig ʨ
        textrevapostrophe ʽ ain ʿ hamza ʾ textlengthmark ː texthalflength ˑ textprimstress ˈ
        textsecstress ˌ textturncomma ʻ
        textendash – textemdash — texthorizontalbar ― textquoteleft ‘ textquoteright ’
        quotesinglbase ‚ quotedblbase „ textquotedblleft “ textquotedblright ” textquotedbl "
        textquotesingle ' textasciigrave ` textasciicircum ^ textasciitilde ~ textasciidieresis ¨
        textasciiacute ´ textasciimacron ¯ textasciicaron ˇ textasciibreve ˘ textacutedbl ˝
        guillemotleft « guillemotright » guillemetleft « guillemetright » guilsinglleft ‹
        guilsinglright › flqq « frqq » glqq „ grqq “ glq ‚
        grq ‘ lq ‘ rq ’ dots … ldots … textellipsis …
        textpertenthousand ‱ textperthousand ‰ textoverline ‾ textless < textgreater >
        textbar | textbardbl ‖ textunderscore _ textbackslash \ textbraceleft { textbraceright }
        textdollar $ textsterling £ pounds £ textcurrency ¤ textyen ¥ yen ¥ textcent ¢ texteuro €
        euro € textwon ₩ textlira ₤ textbaht ฿ textpeso ₱ textnaira ₦ textguarani ₲ textdong ₫
        textcolonmonetary ₡ S § textsection § P ¶ textparagraph ¶ textcopyright © copyright ©
        textregistered ® circledR ® texttrademark ™ TM ™ textservicemark ℠ textordfeminine ª
        textordmasculine º textdegree ° degree ° textcelsius ℃ textohm Ω textmho ℧ textnumero №
        textestimated ℮ textrecipe ℞ textreferencemark ※ textinterrobang ‽ dag † textdagger †
        ddag ‡ textdaggerdbl ‡ textbullet • textperiodcentered · textasteriskcentered *
        textopenbullet ◦ textbigcircle ◯ textblank ␢ textmusicalnote ♪ textdiscount ⁒
        textonequarter ¼ textonehalf ½ textthreequarters ¾ textonesuperior ¹ texttwosuperior ²
        textthreesuperior ³ textexclamdown ¡ textquestiondown ¿ textlnot ¬ textpm ± texttimes ×
        textdiv ÷ textmu µ textmicro µ
        textminus − textfractionsolidus ⁄ textsurd √ textvisiblespace ␣
        textrightarrow → textleftarrow ← textuparrow ↑ textdownarrow ↓ textlangle ⟨ textrangle ⟩
        textlbrackdbl ⟦ textrbrackdbl ⟧ textdblhyphen ⹀ textcircledP ℗ textborn * textdied †
        checkmark ✓ TeX TeX LaTeX LaTeX LaTeXe LaTeX2e BibTeX BibTeX BibLaTeX BibLaTeX XeTeX XeTeX
        LuaTeX LuaTeX MF METAFONT AmS AMS AmSTeX AMS-TeX slash / lbrace { rbrace } lbrack [ rbrack ]
        """
    ),
    "textnobreakspace": "\u00a0",
    "nobreakspace": "\u00a0",
    "textcompwordmark": "\u200c",
    "textnonbreakinghyphen": "\u2011",
}
"""What stands for a character in running text."""

GREEK_LETTERS: dict[str, str] = _pairs(
    """
    alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι
    kappa κ varkappa ϰ lambda λ mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ
    varsigma ς tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω digamma ϝ
    Alpha Α Beta Β Gamma Γ Delta Δ Epsilon Ε Zeta Ζ Eta Η Theta Θ Iota Ι Kappa Κ Lambda Λ Mu Μ Nu Ν
    Xi Ξ Omicron Ο Pi Π Rho Ρ Sigma Σ Tau Τ Upsilon Υ Phi Φ Chi Χ Psi Ψ Omega Ω
    textalpha α textbeta β textdelta δ textzeta ζ texteta η texttheta θ textkappa κ textlambda λ
    textnu ν textxi ξ textpi π textrho ρ textsigma σ texttau τ textchi χ textpsi ψ textomega ω
    textgreekmu μ textGamma Γ textDelta Δ textTheta Θ textLambda Λ textXi Ξ textPi Π textSigma Σ
    textUpsilon Υ textPhi Φ textPsi Ψ textOmega Ω
    """
)

MATH_COMMANDS: dict[str, str] = {
    **{
        command[1:]: char
        for char, command in reversed(MATH.items())
        if command.startswith("\\") and command[1:].isalpha()
    },
    **GREEK_LETTERS,
    **_pairs(
        r"""
        pm ± mp ∓ times × div ÷ cdot ⋅ ast ∗ star ⋆ circ ∘ bullet ∙ oplus ⊕ ominus ⊖ otimes ⊗
        oslash ⊘ odot ⊙ cap ∩ cup ∪ uplus ⊎ sqcap ⊓ sqcup ⊔ vee ∨ lor ∨ wedge ∧ land ∧ setminus ∖
        wr ≀ diamond ⋄ amalg ⨿ dagger † ddagger ‡ le ≤ leq ≤ leqslant ⩽ ge ≥ geq ≥ geqslant ⩾
        lesssim ≲ gtrsim ≳ ll ≪ gg ≫ lll ⋘ ggg ⋙ ne ≠ neq ≠ equiv ≡ approx ≈ approxeq ≊ sim ∼
        simeq ≃ cong ≅ propto ∝ varpropto ∝ prec ≺ succ ≻ preceq ⪯ succeq ⪰ preccurlyeq ≼
        succcurlyeq ≽ subset ⊂ supset ⊃ subseteq ⊆ supseteq ⊇ subsetneq ⊊ supsetneq ⊋ nsubseteq ⊈
        nsupseteq ⊉ sqsubset ⊏ sqsupset ⊐ sqsubseteq ⊑ sqsupseteq ⊒ in ∈ notin ∉ ni ∋ vdash ⊢
        dashv ⊣ models ⊧ vDash ⊨ Vdash ⊩ nvdash ⊬ nvDash ⊭ perp ⊥ bot ⊥ top ⊤ mid ∣ nmid ∤
        parallel ∥ nparallel ∦ bowtie ⋈ smile ⌣ frown ⌢ asymp ≍ doteq ≐ triangleq ≜ coloneqq ≔
        forall ∀ exists ∃ nexists ∄ neg ¬ lnot ¬ emptyset ∅ varnothing ∅ infty ∞ partial ∂ nabla ∇
        sum ∑ prod ∏ coprod ∐ int ∫ iint ∬ iiint ∭ oint ∮ surd √ angle ∠ measuredangle ∡
        sphericalangle ∢ therefore ∴ because ∵ hbar ℏ hslash ℏ ell ℓ Re ℜ Im ℑ wp ℘ aleph ℵ beth ℶ
        gimel ℷ daleth ℸ imath ı jmath ȷ complement ∁ prime ′ backprime ‵ Box □ square □
        blacksquare ■ Diamond ◇ lozenge ◊ blacklozenge ⧫ triangle △ triangledown ▽
        blacktriangle ▴ bigstar ★ bigtriangleup △ bigtriangledown ▽ triangleleft ◃ triangleright ▹
        clubsuit ♣ diamondsuit ♢ heartsuit ♡ spadesuit ♠ flat ♭ natural ♮ sharp ♯
        to → rightarrow → gets ← leftarrow ← leftrightarrow ↔ uparrow ↑ downarrow ↓ updownarrow ↕
        Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔ iff ⟺ implies ⟹ impliedby ⟸ Uparrow ⇑ Downarrow ⇓
        Updownarrow ⇕ longrightarrow ⟶ longleftarrow ⟵ longleftrightarrow ⟷ Longrightarrow ⟹
        Longleftarrow ⟸ Longleftrightarrow ⟺ mapsto ↦ longmapsto ⟼ hookrightarrow ↪ hookleftarrow ↩
        nearrow ↗ searrow ↘ swarrow ↙ nwarrow ↖ rightharpoonup ⇀ rightharpoondown ⇁ leftharpoonup ↼
        leftharpoondown ↽ rightleftharpoons ⇌ leftrightharpoons ⇋ rightsquigarrow ⇝ leadsto ⇝
        twoheadrightarrow ↠ rightrightarrows ⇉ leftleftarrows ⇇ multimap ⊸ upharpoonright ↾
        langle ⟨ rangle ⟩ lceil ⌈ rceil ⌉ lfloor ⌊ rfloor ⌋ lvert | rvert | vert | Vert ‖ lVert ‖
        rVert ‖ ldots … dots … cdots ⋯ vdots ⋮ ddots ⋱ dotsc … dotsb ⋯ colon : lt < gt >
        deg ° degree ° micro µ ohm Ω angstrom Å mho ℧ checkmark ✓ boxtimes ⊠ boxplus ⊞ boxminus ⊟
        ltimes ⋉ rtimes ⋊ Join ⋈ bigcup ⋃ bigcap ⋂ bigoplus ⨁ bigotimes ⨂ bigvee ⋁ bigwedge ⋀
        bigcirc ◯ precnsim ⋨ succnsim ⋩ nprec ⊀ nsucc ⊁ lessgtr ≶ gtrless ≷ nless ≮ ngtr ≯ nleq ≰
        ngeq ≱ unlhd ⊴ unrhd ⊵ lhd ⊲ rhd ⊳ trianglelefteq ⊴ trianglerighteq ⊵ eth ð
        aa å AA Å o ø O Ø l ł L Ł ae æ AE Æ oe œ OE Œ ss ß S § P ¶ pounds £
        """
    ),
    **{
        word: word
        for word in (
            "log ln lg exp sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh min max sup "
            "inf lim det dim ker arg gcd mod Pr hom"
        ).split()
    },
}
"""What stands for characters in a formula."""
