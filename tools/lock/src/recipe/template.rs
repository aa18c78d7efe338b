//! Templates: texts with `{expressions}`.
//!
//! An expression is a variable (`version`, `platform.os`), a call (`lower(params.name)`), a number or a text in single
//! quotes, which is a template itself. `{{` and `}}` are braces.

use crate::step::{DigestText, Encoding, TextPart};
use crate::Name;

use super::error::{suggestion, TEMPLATE, VARIABLE};
use super::functions::{Function, FUNCTIONS};
use super::variables::Variable;

/// A template that could be read: its functions exist and have as many arguments as they take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// The recipe's line, for messages.
    pub line: usize,
    source: String,
    parts: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Expression(Expression),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Expression {
    Variable(Variable),
    Text(Template),
    Call(&'static str, Vec<Expression>),
    /// `member_digest(artifact, member, algorithm, encoding)`: of a file inside an archive.
    MemberDigest {
        artifact: Name,
        member: Template,
        algorithm: crate::step::DigestAlgorithm,
        encoding: Encoding,
    },
}

/// Why a template cannot be read or expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    /// The code, as in `LT203`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
}

/// What a variable stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A text.
    Text(String),
    /// A digest that is known only when the folder is assembled.
    Digest(DigestText),
}

/// What gives variables their meaning.
pub trait Scope {
    /// The meaning of a variable.
    fn meaning(&self, variable: &Variable) -> Result<Meaning, TemplateError>;
}

impl Template {
    /// Reads a template.
    pub fn parse(line: usize, text: &str) -> Result<Self, TemplateError> {
        Ok(Self { source: text.to_owned(), ..super::template_parser::parse(line, text)? })
    }

    /// The text as the recipe has it.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Calls `see` with each variable and each artifact that is named.
    pub fn visit(&self, see: &mut dyn FnMut(Seen<'_>)) {
        for piece in &self.parts {
            if let Piece::Expression(expression) = piece {
                expression.visit(see);
            }
        }
    }

    /// Its text without the expressions.
    pub fn literals(&self) -> String {
        let texts = self.parts.iter().filter_map(|part| match part {
            Piece::Text(text) => Some(text.as_str()),
            Piece::Expression(_) => None,
        });
        texts.collect()
    }

    /// The text that it begins with, whatever is asked for; `None` where it begins with an expression.
    pub fn start(&self) -> Option<&str> {
        match self.parts.first() {
            Some(Piece::Text(text)) => Some(text),
            Some(Piece::Expression(_)) => None,
            None => Some(""),
        }
    }

    /// Whether it holds a variable that is filled in when the tool runs.
    pub fn has_run_variable(&self) -> bool {
        let mut found = false;
        self.visit(&mut |seen| found |= matches!(seen, Seen::Variable(Variable::Run(_))));
        found
    }

    /// The text, in parts where a digest is left to `assemble`.
    pub fn parts(&self, scope: &dyn Scope) -> Result<Vec<TextPart>, TemplateError> {
        let mut out = Vec::new();
        for piece in &self.parts {
            match piece {
                Piece::Text(text) => push_text(&mut out, text),
                Piece::Expression(Expression::Text(template)) => {
                    for part in template.parts(scope)? {
                        push(&mut out, part);
                    }
                }
                Piece::Expression(expression) => match expression.evaluate(scope)? {
                    Meaning::Text(text) => push_text(&mut out, &text),
                    Meaning::Digest(digest) => out.push(TextPart::Digest(digest)),
                },
            }
        }
        Ok(out)
    }

    /// The text, which has to be known now.
    pub fn text(&self, scope: &dyn Scope) -> Result<String, TemplateError> {
        let mut out = String::new();
        for part in self.parts(scope)? {
            match part {
                TextPart::Literal(text) => out.push_str(&text),
                TextPart::Digest(digest) => return Err(late(&digest)),
            }
        }
        Ok(out)
    }

    /// The text as the lock holds it for the moment when the tool runs: braces doubled, and `{root}` and its like
    /// kept.
    pub fn run_text(&self, scope: &dyn Scope) -> Result<String, TemplateError> {
        let double = |text: &str| text.replace('{', "{{").replace('}', "}}");
        let mut out = String::new();
        for piece in &self.parts {
            match piece {
                Piece::Text(text) => out.push_str(&double(text)),
                Piece::Expression(Expression::Variable(Variable::Run(name))) => {
                    out.push('{');
                    out.push_str(name);
                    out.push('}');
                }
                Piece::Expression(expression) => match expression.evaluate(scope)? {
                    Meaning::Text(text) => out.push_str(&double(&text)),
                    Meaning::Digest(digest) => return Err(late(&digest)),
                },
            }
        }
        Ok(out)
    }

    pub(super) fn new(line: usize) -> Self {
        Self { line, source: String::new(), parts: Vec::new() }
    }

    pub(super) fn add_text(&mut self, text: String) {
        if !text.is_empty() {
            self.parts.push(Piece::Text(text));
        }
    }

    pub(super) fn add_variable(&mut self, expression: Parsed) -> Result<(), TemplateError> {
        self.parts.push(Piece::Expression(expression.into_expression()?));
        Ok(())
    }

    /// The text of a template without expressions.
    pub(super) fn plain(&self) -> Option<String> {
        match self.parts.as_slice() {
            [] => Some(String::new()),
            [Piece::Text(text)] => Some(text.clone()),
            _ => None,
        }
    }
}

/// What a template names.
pub enum Seen<'a> {
    /// A variable.
    Variable(&'a Variable),
    /// An artifact, of which a member's digest is wanted.
    Member(&'a Name),
}

/// An expression as it was read, before names are looked up.
pub(super) enum Parsed {
    Variable(String),
    Text(Template),
    Call(String, Vec<Parsed>),
}

impl Parsed {
    fn into_expression(self) -> Result<Expression, TemplateError> {
        match self {
            Self::Variable(name) => Variable::parse(&name)
                .map(Expression::Variable)
                .map_err(|message| TemplateError { code: VARIABLE, message }),
            Self::Text(template) => Ok(Expression::Text(template)),
            Self::Call(name, arguments) if name == "member_digest" => member_digest(arguments),
            Self::Call(name, arguments) => call(&name, arguments),
        }
    }
}

fn call(name: &str, arguments: Vec<Parsed>) -> Result<Expression, TemplateError> {
    let Some(function) = Function::find(name) else {
        let known = FUNCTIONS.iter().map(|function| function.name).chain(["member_digest"]);
        return Err(wrong(format!("there is no function {name:?}: {}", suggestion(name, known))));
    };
    if !(function.min..=function.max).contains(&arguments.len()) {
        return Err(wrong(format!("{name} is called with {} arguments: it is {}", arguments.len(), function.usage)));
    }
    let arguments = arguments.into_iter().map(Parsed::into_expression).collect::<Result<_, _>>()?;
    Ok(Expression::Call(function.name, arguments))
}

fn member_digest(arguments: Vec<Parsed>) -> Result<Expression, TemplateError> {
    const USAGE: &str = "it is member_digest('artifact', 'path/in/the/archive', 'sha512', 'hex')";
    let Ok([Parsed::Text(artifact), Parsed::Text(member), Parsed::Text(algorithm), Parsed::Text(encoding)]) =
        <[Parsed; 4]>::try_from(arguments)
    else {
        return Err(wrong(format!("member_digest takes four texts: {USAGE}")));
    };
    let word = |template: &Template| template.plain().unwrap_or_default();
    let quoted = |text: String| serde_json::Value::String(text);
    Ok(Expression::MemberDigest {
        artifact: word(&artifact).parse().map_err(|_| wrong(format!("the first argument is no artifact: {USAGE}")))?,
        member,
        algorithm: serde_json::from_value(quoted(word(&algorithm)))
            .map_err(|_| wrong("the algorithm is md5, sha1, sha256, sha384 or sha512".to_owned()))?,
        encoding: serde_json::from_value(quoted(word(&encoding)))
            .map_err(|_| wrong("the encoding is hex or base64".to_owned()))?,
    })
}

impl Expression {
    fn evaluate(&self, scope: &dyn Scope) -> Result<Meaning, TemplateError> {
        match self {
            Self::Variable(variable) => scope.meaning(variable),
            Self::Text(template) => template.text(scope).map(Meaning::Text),
            Self::Call(name, arguments) => {
                let mut texts = Vec::new();
                for argument in arguments {
                    match argument.evaluate(scope)? {
                        Meaning::Text(text) => texts.push(text),
                        Meaning::Digest(digest) => return Err(late(&digest)),
                    }
                }
                let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                let function = Function::find(name).ok_or_else(|| wrong(format!("there is no function {name:?}")))?;
                function.call(&texts).map(Meaning::Text).map_err(|message| wrong(format!("{name}: {message}")))
            }
            Self::MemberDigest { artifact, member, algorithm, encoding } => Ok(Meaning::Digest(DigestText {
                artifact: artifact.clone(),
                member: Some(member.text(scope)?),
                algorithm: *algorithm,
                encoding: *encoding,
            })),
        }
    }

    fn visit(&self, see: &mut dyn FnMut(Seen<'_>)) {
        match self {
            Self::Variable(variable) => see(Seen::Variable(variable)),
            Self::Text(template) => template.visit(see),
            Self::Call(_, arguments) => arguments.iter().for_each(|argument| argument.visit(see)),
            Self::MemberDigest { artifact, member, .. } => {
                see(Seen::Member(artifact));
                member.visit(see);
            }
        }
    }
}

pub(super) fn wrong(message: String) -> TemplateError {
    TemplateError { code: TEMPLATE, message }
}

fn late(digest: &DigestText) -> TemplateError {
    wrong(format!(
        "the digest of artifact {} is known only when the folder is assembled, so it can stand in a written text, \
         and neither in a path nor in a function's argument. With digest = {{ from = \"download\" }} every digest is \
         known when pinning",
        digest.artifact
    ))
}

/// Adds a part, joining texts that meet.
pub(super) fn push(out: &mut Vec<TextPart>, part: TextPart) {
    match part {
        TextPart::Literal(text) => push_text(out, &text),
        digest @ TextPart::Digest(_) => out.push(digest),
    }
}

pub(super) fn push_text(out: &mut Vec<TextPart>, text: &str) {
    if text.is_empty() {
        return;
    }
    if let Some(TextPart::Literal(last)) = out.last_mut() {
        last.push_str(text);
    } else {
        out.push(TextPart::Literal(text.to_owned()));
    }
}
